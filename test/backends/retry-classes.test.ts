/** What the classes of failure do between two tries (spec/storage.md 2.4); how often they try is in retry.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { withServerDate } from '../../src/backends/server-date.js';
import { EXPIRED_HOLD_MS } from '../../src/backends/shared-refresh.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { failing, failure, times } from '../support/failing-puts.js';

const body = new Uint8Array(3);
const put = (client: StorageClient, signal?: AbortSignal) =>
  client.putObject('bucket', 'key', body, signal && { signal });
const expired = () => failure('ExpiredCredentials', { httpStatus: 400 });

async function fileOf(bytes: Uint8Array): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'retry-classes-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), bytes);
  return join(directory, 'file');
}

describe('directions', () => {
  const policy = { maxAttempts: 5, uploadRetry: { maxAttempts: 2 }, downloadRetry: { initialBackoffMs: 7 } };

  it('writes have settings of their own', async () => {
    const { client, calls } = failing('putObject', times(9, failure('Network')), policy);
    await expect(put(client)).rejects.toMatchObject({ attempts: 2 });
    expect(calls).toHaveLength(2);
  });

  it('reads have theirs, completed by the common ones', async () => {
    const { client, calls, clock } = failing('headObject', times(9, failure('Network')), policy);
    await expect(client.headObject('bucket', 'key')).rejects.toMatchObject({ attempts: 5 });
    expect(calls).toHaveLength(5);
    expect(clock.slept).toEqual([7, 14, 28, 56]);
  });

  it('a bad one is named with its direction', () => {
    expect(() => failing('putObject', [], { uploadRetry: { maxAttempts: 0 } })).toThrow(
      expect.objectContaining({ code: 'InvalidConfig', option: 'uploadRetry.maxAttempts' }),
    );
  });
});

describe('credentials', () => {
  it('that cannot be renewed end every call with one and the same error, after one refresh', async () => {
    const refreshCredentials = vi.fn(async () => {
      throw new Error('sign in first');
    });
    const { client, calls } = failing('putObject', times(99, expired()), { refreshCredentials });
    const first = await Promise.allSettled([put(client), put(client), put(client)]);
    const later = await Promise.allSettled([put(client), put(client)]);
    const errors = new Set([...first, ...later].map((one) => one.status === 'rejected' && one.reason));
    expect(errors.size).toBe(1);
    expect([...errors][0]).toMatchObject({
      kind: 'ExpiredCredentials',
      cause: expect.objectContaining({ message: 'sign in first' }),
    });
    expect(refreshCredentials).toHaveBeenCalledOnce();
    expect(calls).toHaveLength(3);
  });

  it('that were renewed and are expired all the same are not renewed again and again', async () => {
    const refreshCredentials = vi.fn(async () => undefined);
    const { client, calls } = failing('putObject', times(99, expired()), { refreshCredentials });
    await expect(put(client)).rejects.toMatchObject({ kind: 'ExpiredCredentials', attempts: 2 });
    await expect(put(client)).rejects.toMatchObject({ kind: 'ExpiredCredentials' });
    expect(refreshCredentials).toHaveBeenCalledOnce();
    expect(calls).toHaveLength(2);
  });

  it('are asked for again after a while, for somebody may have signed in', async () => {
    const { client, clock, calls } = failing('putObject', times(2, expired()), {
      refreshCredentials: async () => undefined,
    });
    await expect(put(client)).rejects.toMatchObject({ kind: 'ExpiredCredentials' });
    clock.at += EXPIRED_HOLD_MS;
    expect((await put(client)).created).toBe(true);
    expect(calls).toHaveLength(3);
  });

  it('a call that began before a refresh does not ask for another one', async () => {
    const refreshCredentials = vi.fn(async () => undefined);
    const { client, store } = failing('headObject', [], { refreshCredentials });
    let fail = (_: Error): void => undefined;
    const slow = new Promise<never>((_resolve, reject) => (fail = reject));
    const failures = [() => slow, () => Promise.reject(expired())];
    const real = store.headObject.bind(store);
    store.headObject = (...call) => failures.shift()?.() ?? real(...call);
    const [early, late] = [client.headObject('bucket', 'key'), client.headObject('bucket', 'key')];
    expect(await late).toBeNull();
    fail(expired());
    expect(await early).toBeNull();
    expect(refreshCredentials).toHaveBeenCalledOnce();
  });

  it('a call that is cancelled does not wait for the refresh of the others', async () => {
    const stop = new AbortController();
    const { client } = failing('putObject', [expired()], { refreshCredentials: () => new Promise(() => {}) });
    const running = put(client, stop.signal);
    setImmediate(() => stop.abort());
    await expect(running).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('clock', () => {
  it("is told the store's time before the one more try", async () => {
    const date = new Date('2026-01-02T03:04:05Z');
    const correctClock = vi.fn();
    const skewed = withServerDate(failure('ClockSkew', { httpStatus: 403 }), date);
    const { client, calls } = failing('putObject', [skewed], { correctClock });
    await put(client);
    expect(correctClock).toHaveBeenCalledExactlyOnceWith(date);
    expect(calls).toHaveLength(2);
  });

  it('is left alone when no answer said the time', async () => {
    const correctClock = vi.fn();
    const { client } = failing('putObject', [failure('ClockSkew')], { correctClock });
    await put(client);
    expect(correctClock).not.toHaveBeenCalled();
  });
});

describe('checksum', () => {
  const refused = failure('ChecksumMismatch', { httpStatus: 400 });
  const bytes = Uint8Array.from({ length: 5000 }, (_, at) => at % 251);

  it('a file that is what was promised is sent once more', async () => {
    const path = await fileOf(bytes);
    const { client, calls } = failing('putObjectFromFile', [refused], { xxh128: hasher });
    await client.putObjectFromFile('bucket', 'key', path, { xxh128: hasher.oneShot(bytes) });
    expect(calls).toHaveLength(2);
  });

  it('a range is hashed as a range', async () => {
    const path = await fileOf(bytes);
    const { client, calls } = failing('putObjectFromFileRange', [refused], { xxh128: hasher });
    const xxh128 = hasher.oneShot(bytes.subarray(1000, 1500));
    await client.putObjectFromFileRange('bucket', 'key', path, 1000, 500, { xxh128 });
    expect(calls).toHaveLength(2);
  });

  it('a file that is not is FileChanged, without another try', async () => {
    const path = await fileOf(bytes);
    const { client, calls } = failing('putObjectFromFile', [refused], { xxh128: hasher });
    const xxh128 = hasher.oneShot(bytes.subarray(1));
    const call = client.putObjectFromFile('bucket', 'key', path, { xxh128 });
    await expect(call).rejects.toMatchObject({ kind: 'FileChanged', path, key: 'key' });
    expect(calls).toHaveLength(1);
  });
});

describe('conflict', () => {
  const conflict = failure('Conflict', { httpStatus: 409 });

  it('with a writer of the same object is success', async () => {
    const { client, calls, store } = failing('putObject', [conflict]);
    await store.putObject('bucket', 'key', body);
    expect(await client.putObject('bucket', 'key', body, { ifAbsent: true })).toEqual({ created: false });
    expect(calls).toHaveLength(1);
  });

  it('about a file asks for the size of the file', async () => {
    const path = await fileOf(body);
    const { client, calls, store } = failing('putObjectFromFile', [conflict]);
    await store.putObject('bucket', 'key', body);
    const outcome = await client.putObjectFromFile('bucket', 'key', path, { ifAbsent: true });
    expect(outcome).toEqual({ created: false });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['another size', new Uint8Array(4), true, false],
    ['nothing there', undefined, true, true],
    ['no condition', body, false, true],
  ])('%s: one more try', async (_case, there, ifAbsent, created) => {
    const { client, calls, store } = failing('putObject', [conflict]);
    if (there) await store.putObject('bucket', 'key', there);
    expect((await client.putObject('bucket', 'key', body, { ifAbsent })).created).toBe(created);
    expect(calls).toHaveLength(2);
  });
});
