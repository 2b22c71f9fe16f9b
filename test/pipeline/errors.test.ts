import { expect, it } from 'vitest';
import { CancelledError, CollectedError, OptionError, PipelineError } from '../../src/pipeline/errors.js';

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
