import { Subscriber } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { CancelledError } from '../../src/pipeline/errors.js';
import { createFailures, failItem } from '../../src/pipeline/failures.js';
import { leased, testContext } from '../support/pipeline.js';

const error = new Error('bad item');
const observer = () => ({ next: vi.fn(), error: vi.fn(), complete: vi.fn() });

it('stop throws the first error itself', () => {
  expect(() => createFailures('stop').report(error)).toThrow(error);
});

it('collect remembers, except what is fatal or a cancel', () => {
  const failures = createFailures('collect', (problem) => (problem as Error).message === 'disk full');
  failures.report(error);
  failures.report('second');
  failures.report(error); // a further part of the same item
  expect(failures.errors).toEqual([error, 'second']);
  expect(() => failures.report(new Error('disk full'))).toThrow('disk full');
  expect(() => failures.report(new CancelledError())).toThrow(CancelledError);
  expect(failures.errors).toHaveLength(2);
});

it.each([
  ['stop', 1, 0],
  ['collect', 0, 1],
] as const)('%s: a failed item gives its lease back and sends %i errors downstream', (policy, sent, kept) => {
  const ctx = testContext({ onFileError: policy });
  const release = vi.fn();
  const listener = observer();
  failItem(ctx, leased(0, release).lease, error, new Subscriber(listener));
  expect(release).toHaveBeenCalledOnce();
  expect(listener.error).toHaveBeenCalledTimes(sent);
  expect(ctx.failures.errors).toHaveLength(kept);
});

it('what fails after the end is not reported any more', () => {
  const ctx = testContext({ onFileError: 'collect' });
  const release = vi.fn();
  const subscriber = new Subscriber(observer());
  subscriber.unsubscribe();
  failItem(ctx, leased(0, release).lease, error, subscriber);
  expect(release).toHaveBeenCalledOnce();
  expect(ctx.failures.errors).toEqual([]);
});
