/** What tests of retries share: errors to order, and a store whose puts fail with them. */
import { type Fault, withFaults } from '../../src/backends/faults.js';
import { type RetryPolicy, withRetries } from '../../src/backends/retry.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { StorageError, type StorageErrorKind, type StorageErrorSubject } from '../../src/model/errors.js';
import type { Clock } from '../../src/pipeline/types.js';
import { memoryStore } from './memory-store.js';

export const failure = (kind: StorageErrorKind, more: StorageErrorSubject = {}): StorageError =>
  new StorageError(kind, 'made for this test', more);

export const times = (count: number, error: Error): Error[] => Array.from({ length: count }, () => error);

/** A clock that never waits and remembers what it was asked for; `at` is the time. */
export function recordingClock(): Clock & { slept: number[]; at: number } {
  const clock = {
    slept: [] as number[],
    at: 0,
    now: () => clock.at,
    monotonic: () => clock.at,
    sleep: async (ms: number) => void clock.slept.push(ms),
  };
  return clock;
}

/** A store whose calls of a method fail with the errors, one after the other, and then work. */
export function failing(
  method: 'putObject' | 'putObjectFromFile' | 'putObjectFromFileRange' | 'headObject',
  errors: readonly Error[],
  policy: RetryPolicy = {},
) {
  const clock = recordingClock();
  const store = memoryStore();
  const calls: number[] = [];
  const faulty = withFaults(store, (call): Fault | undefined => {
    if (call.method !== method) return undefined;
    calls.push(call.number);
    const error = errors[call.number - 1];
    return error && { kind: 'before', error };
  });
  const client: StorageClient = withRetries(faulty, { clock, random: () => 1, ...policy });
  return { client, clock, calls, store };
}
