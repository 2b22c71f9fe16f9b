import { describe, expect, it, vi } from 'vitest';
import { type Fault, withFaults } from '../../src/backends/faults.js';
import { type RetryPolicy, withRetries } from '../../src/backends/retry.js';
import { retryClassOf } from '../../src/backends/retry-classes.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { PROGRESS_RESTARTS_BYTES } from '../../src/backends/tries.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { failing, failure, recordingClock, times } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const failingPuts = (errors: readonly Error[], policy: RetryPolicy = {}) =>
  failing('putObject', errors, policy);
const put = (client: StorageClient, signal?: AbortSignal) =>
  client.putObject('bucket', 'key', new Uint8Array(3), signal && { signal });

describe('classes', () => {
  it.each([
    [failure('Throttled', { httpStatus: 503 }), 'throttle'],
    [failure('Throttled', { httpStatus: 429 }), 'throttle'],
    [failure('ServiceError', { httpStatus: 500 }), 'transient'],
    [failure('Timeout'), 'transient'],
    [failure('Network'), 'transient'],
    [failure('LocalIo', { errno: 'EMFILE', retryable: true }), 'transient'],
    [failure('ExpiredCredentials', { httpStatus: 400 }), 'credentials'],
    [failure('ClockSkew', { httpStatus: 403 }), 'clock'],
    [failure('ChecksumMismatch', { httpStatus: 400 }), 'checksum'],
    [failure('ChecksumMismatch'), 'never'],
    [failure('Conflict', { httpStatus: 409 }), 'conflict'],
    [failure('Conflict', { httpStatus: 412 }), 'never'],
    [failure('AccessDenied', { httpStatus: 403 }), 'never'],
    [failure('NotFound', { httpStatus: 404 }), 'never'],
    [failure('BadRequest', { httpStatus: 416 }), 'never'],
    [failure('NotSupported', { httpStatus: 501 }), 'never'],
    [failure('FileChanged'), 'never'],
    [failure('NoSpace'), 'never'],
    [new TypeError('a bug'), 'never'],
  ])('%o', (error, expected) => {
    expect(retryClassOf(error)).toBe(expected);
  });
});

describe('tries', () => {
  it.each([
    ['transient', failure('Network'), 3],
    ['throttle', failure('Throttled'), 12],
    ['credentials', failure('ExpiredCredentials'), 2],
    ['clock', failure('ClockSkew'), 2],
    ['checksum', failure('ChecksumMismatch', { httpStatus: 400 }), 2],
    ['conflict', failure('Conflict', { httpStatus: 409 }), 2],
    ['never', failure('AccessDenied', { httpStatus: 403 }), 1],
    ['a bug', new TypeError('a bug'), 1],
  ])('%s: gives up after %o as often as the class allows', async (_class, error, expected) => {
    const { client, calls } = failingPuts(times(20, error));
    const thrown = await put(client).catch((reason: unknown) => reason);
    expect(calls).toHaveLength(expected);
    expect(thrown).toMatchObject({ message: error.message });
    if (error instanceof StorageError) expect(thrown).toMatchObject({ ...error, attempts: expected });
    else expect(thrown).toBe(error);
  });

  it('counts classes apart', async () => {
    const errors = [
      failure('Network'),
      failure('Throttled'),
      failure('Network'),
      failure('Throttled'),
      failure('ClockSkew'),
    ];
    const { client, calls } = failingPuts(errors);
    expect((await put(client)).created).toBe(true);
    expect(calls).toHaveLength(6);
  });

  it('waits longer each time, up to the maximum', async () => {
    const { client, clock } = failingPuts(times(6, failure('Network')), {
      maxAttempts: 7,
      maxBackoffMs: 1000,
    });
    await put(client);
    expect(clock.slept).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('waits from 500 ms on when throttled, and tells who wants to know', async () => {
    const onThrottle = vi.fn();
    const { client, clock } = failingPuts(times(3, failure('Throttled')), { onThrottle, random: () => 0 });
    await put(client);
    expect(clock.slept).toEqual([250, 500, 1000]);
    expect(onThrottle).toHaveBeenCalledTimes(3);
    expect(onThrottle.mock.lastCall?.[0]).toMatchObject({ method: 'putObject', key: 'key' });
  });

  it.each([
    [5000, 5000],
    [90_000, 30_000],
    [1, 500],
  ])('a store that asks for %i ms is given %i ms', async (retryAfterMs, expected) => {
    const { client, clock } = failingPuts([failure('Throttled', { retryAfterMs })]);
    await put(client);
    expect(clock.slept).toEqual([expected]);
  });

  it('one refresh serves all calls that found the credentials expired', async () => {
    let finish = (): void => undefined;
    const refreshCredentials = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const { client, calls } = failingPuts(times(3, failure('ExpiredCredentials')), { refreshCredentials });
    const puts = [put(client), put(client), put(client)];
    await vi.waitFor(() => expect(refreshCredentials).toHaveBeenCalled());
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toHaveLength(3);
    finish();
    await Promise.all(puts);
    expect(refreshCredentials).toHaveBeenCalledOnce();
  });

  it('a wait ends at once when the call is cancelled', async () => {
    const stop = new AbortController();
    const inner = withFaults(memoryStore(), () => ({ kind: 'before', error: failure('Network') }));
    const running = put(withRetries(inner, { initialBackoffMs: 1e7, maxBackoffMs: 1e7 }), stop.signal);
    setImmediate(() => stop.abort());
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });

  it.each(['maxAttempts', 'initialBackoffMs', 'throttleMaxAttempts', 'backoffMultiplier'] as const)(
    '%s is checked at once',
    (name) => {
      expect(() => withRetries(memoryStore(), { [name]: 0 })).toThrow(
        expect.objectContaining({ code: 'InvalidConfig', option: name }),
      );
    },
  );
});

describe('progress', () => {
  /** A store that moves the bytes and then fails, for each of the given tries. */
  const moving = (tries: readonly number[]): { client: StorageClient; calls: () => number } => {
    let call = 0;
    const store = memoryStore();
    store.getObject = async (_bucket, key, options) => {
      call += 1;
      const moved = tries[call - 1];
      options?.onBytes?.(moved ?? 10);
      if (moved !== undefined) throw failure('Network');
      return { data: new Uint8Array(10), head: { key, size: 10, userMetadata: {} } };
    };
    return { client: withRetries(store, { clock: recordingClock() }), calls: () => call };
  };

  it('of a failed try is taken back', async () => {
    const deltas: number[] = [];
    const { client } = moving([7, 0]);
    await client.getObject('bucket', 'key', { onBytes: (delta) => deltas.push(delta) });
    expect(deltas).toEqual([7, -7, 0, 10]);
  });

  it('beyond what was ever reached gives new tries', async () => {
    const step = PROGRESS_RESTARTS_BYTES;
    const { client, calls } = moving([step, 2 * step, 3 * step, 4 * step, 5 * step]);
    await client.getObject('bucket', 'key');
    expect(calls()).toBe(6);
  });

  it('that ends at the same place each time does not', async () => {
    const { client, calls } = moving(times(9, failure('Network')).map(() => PROGRESS_RESTARTS_BYTES));
    await expect(client.getObject('bucket', 'key')).rejects.toMatchObject({ kind: 'Network' });
    expect(calls()).toBe(3);
  });
});

describe('listings', () => {
  it('go on behind the last key after a page failed, without a key twice', async () => {
    const store = memoryStore();
    for (let at = 0; at < 2500; at += 1)
      await store.putObject('bucket', `k${String(at).padStart(5, '0')}`, new Uint8Array(0));
    const fault: Fault = { kind: 'before', error: failure('ServiceError') };
    const faulty = withFaults(store, ({ number }) => (number === 3 || number === 5 ? fault : undefined));
    const keys: string[] = [];
    for await (const page of withRetries(faulty, { clock: recordingClock() }).listObjects('bucket', '')) {
      keys.push(...page.map(({ key }) => key));
    }
    expect(keys).toHaveLength(2500);
    expect(new Set(keys).size).toBe(2500);
  });

  it('of uploads keep those that share a key', async () => {
    const store = memoryStore();
    for (let at = 0; at < 1500; at += 1) await store.createMultipart('bucket', 'same');
    const fault: Fault = { kind: 'before', error: failure('ServiceError') };
    const faulty = withFaults(store, ({ number }) => (number === 2 ? fault : undefined));
    const ids: string[] = [];
    for await (const page of withRetries(faulty, { clock: recordingClock() }).listMultipart('bucket', '')) {
      ids.push(...page.map(({ uploadId }) => uploadId));
    }
    expect(new Set(ids).size).toBe(1500);
    expect(ids).toHaveLength(1500);
  });
});

it('a body that the store refused is sent again, one that is wrong is not', async () => {
  const { client, calls } = failingPuts([failure('ChecksumMismatch', { httpStatus: 400 })]);
  await client.putObject('bucket', 'key', new Uint8Array(3), { xxh128: hasher.oneShot(new Uint8Array(3)) });
  expect(calls).toHaveLength(2);
  const wrong = client.putObject('bucket', 'other', new Uint8Array(3), { xxh128: '0'.repeat(32) });
  await expect(wrong).rejects.toMatchObject({ kind: 'ChecksumMismatch', attempts: 1 });
  expect(calls).toHaveLength(3);
});
