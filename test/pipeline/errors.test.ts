import { expect, it } from 'vitest';
import {
  CancelledError,
  CollectedError,
  OptionError,
  PipelineError,
  withPartialStats,
} from '../../src/pipeline/errors.js';

const cause = new Error('why');
it.each([
  [new PipelineError('text', { cause }), 'PipelineError', 'Pipeline', 'text'],
  [
    new CancelledError(undefined, { cause, partialStats: 3 }),
    'CancelledError',
    'Cancelled',
    'the run was cancelled',
  ],
  [new OptionError('limit', 'is odd', { cause }), 'OptionError', 'InvalidConfig', 'limit: is odd'],
  [new CollectedError([cause, 'second'], 3), 'CollectedError', 'Collected', '2 items failed, the first: why'],
])('%s', (error, name, code, message) => {
  expect(error).toBeInstanceOf(PipelineError);
  expect(error).toMatchObject({ name, code, message, cause });
});

it.each([new CancelledError('stop', { cause, partialStats: 'old' }), new CollectedError([cause], 'old')])(
  'statistics make a copy of a %s',
  (error) => {
    const copy = withPartialStats(error, 'new');
    expect(copy).not.toBe(error);
    expect([error.partialStats, copy]).toMatchObject([
      'old',
      { message: error.message, partialStats: 'new', cause },
    ]);
  },
);

it('statistics go into any other error that has room for them, and into no other', () => {
  const carrier = Object.assign(new Error('room'), { partialStats: undefined as unknown });
  expect(withPartialStats(carrier, 'new')).toBe(carrier);
  expect(carrier.partialStats).toBe('new');
  const plain = Object.freeze(new Error('no room'));
  expect(withPartialStats(plain, 'new')).toBe(plain);
  expect(withPartialStats('no error', 'new')).toBe('no error');
});
