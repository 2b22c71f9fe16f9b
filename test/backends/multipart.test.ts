import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { body } from '../../src/backends/conformance/bench.js';
import { type FaultPlan, withFaults } from '../../src/backends/faults.js';
import { ForwardingClient } from '../../src/backends/forwarding.js';
import type { MemoryClient } from '../../src/backends/memory.js';
import { withMetering } from '../../src/backends/metering.js';
import { type MultipartOptions, withMultipart } from '../../src/backends/multipart.js';
import { withRetries } from '../../src/backends/retry.js';
import type { CallOptions, Part, StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { createBudget } from '../../src/pipeline/budget.js';
import { handClock, settled } from '../support/clocks.js';
import { failure, recordingClock } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const PART = 1000;
const data = body(4500); // five parts, the last one of 500
const xxh128 = hasher.oneShot(data);

async function fileOf(bytes: Uint8Array): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'multipart-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), bytes);
  return join(directory, 'file');
}

/** A store in memory behind a fault plan, a meter and, unless they are left out, retries. */
function parts(plan: FaultPlan = () => undefined, options: Partial<MultipartOptions> = {}, retries = true) {
  const store = memoryStore();
  const metered = withMetering(withFaults(store, plan));
  const inner = retries ? withRetries(metered, { clock: recordingClock() }) : metered;
  const warnings: [string, unknown][] = [];
  const client = withMultipart(inner, {
    ...{ xxh128: hasher, partSizeBytes: PART, clock: handClock() },
    log: (level, message, fields) => void (level === 'warning' && warnings.push([message, fields])),
    ...options,
  });
  return { store, metered, client, warnings };
}

async function openUploads(store: MemoryClient): Promise<number> {
  let open = 0;
  for await (const page of store.listMultipart('bucket', '')) open += page.length;
  return open;
}

const stored = async (store: StorageClient) => (await store.getObject('bucket', 'key')).data;
const once =
  (method: string, number: number, error: Error): FaultPlan =>
  (call) =>
    call.method === method && call.number === number ? { kind: 'before', error } : undefined;

describe('what travels in parts', () => {
  it.each([
    ['at the threshold', 2000, 0],
    ['a byte above', 2001, 3],
    ['the last part full', 5000, 5],
  ])('%s', async (_case, size, count) => {
    const { client, metered, store } = parts();
    await client.putObject('bucket', 'key', body(size));
    expect(metered.counts('uploadPart').calls).toBe(count);
    expect(metered.counts('putObject').calls).toBe(count === 0 ? 1 : 0);
    expect(await stored(store)).toEqual(Uint8Array.from(body(size)));
  });

  it('a file, with what the object carries beside its bytes', async () => {
    const { client, metered, store } = parts();
    const deltas: number[] = [];
    const outcome = await client.putObjectFromFile('bucket', 'key', await fileOf(data), {
      ...{ xxh128, contentType: 'text/plain', userMetadata: { a: 'b' } },
      onBytes: (delta) => deltas.push(delta),
    });
    expect(outcome.created).toBe(true);
    expect(outcome.etag).toBe((await store.headObject('bucket', 'key'))?.etag);
    expect(await stored(store)).toEqual(data);
    expect(await store.headObject('bucket', 'key')).toMatchObject({
      contentType: 'text/plain',
      userMetadata: { a: 'b' },
    });
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(4500);
    expect(metered.counts('uploadPart').calls).toBe(5);
  });

  it('a range of a file', async () => {
    const { client, metered, store } = parts();
    await client.putObjectFromFileRange('bucket', 'key', await fileOf(data), 700, 3100, {
      xxh128: hasher.oneShot(data.subarray(700, 3800)),
    });
    expect(await stored(store)).toEqual(data.slice(700, 3800));
    expect(metered.counts('uploadPart').calls).toBe(4);
  });

  it('nothing that is no file: the inner client says what is wrong', async () => {
    const { client, metered } = parts();
    const path = await fileOf(data);
    await symlink(path, `${path}-link`);
    await expect(client.putObjectFromFile('bucket', 'key', `${path}-link`)).rejects.toMatchObject({
      kind: 'NotAFile',
    });
    await expect(client.putObjectFromFile('bucket', 'key', `${path}-none`)).rejects.toMatchObject({
      kind: 'FileVanished',
    });
    expect(metered.counts('createMultipart').calls).toBe(0);
  });

  it('nothing that no store holds: ObjectTooLarge, before any request', async () => {
    const { client, metered } = parts(undefined, { maxObjectSizeBytes: 4499 });
    const path = await fileOf(data);
    const expected = { kind: 'ObjectTooLarge', bucket: 'bucket', key: 'key' };
    await expect(client.putObject('bucket', 'key', data)).rejects.toMatchObject(expected);
    await expect(client.putObjectFromFile('bucket', 'key', path)).rejects.toMatchObject(expected);
    const range = client.putObjectFromFileRange('bucket', 'key', path, 0, 4500);
    await expect(range).rejects.toMatchObject(expected);
    expect(metered.totals().calls).toBe(0);
  });

  it.each(['partSizeBytes', 'thresholdBytes', 'partsAtOnce', 'maxObjectSizeBytes'] as const)(
    '%s is checked at once',
    (name) => {
      expect(() => parts(undefined, { [name]: 0 })).toThrow(
        expect.objectContaining({ code: 'InvalidConfig', option: name }),
      );
    },
  );
});

describe('memory', () => {
  /** Counts parts in flight; each ends when the test says so. */
  class SlowParts extends ForwardingClient {
    inFlight = 0;
    peak = 0;
    readonly gates: (() => void)[] = [];
    override async uploadPart(...call: Parameters<StorageClient['uploadPart']>): Promise<Part> {
      this.inFlight += 1;
      this.peak = Math.max(this.peak, this.inFlight);
      await new Promise<void>((resolve) => this.gates.push(resolve));
      this.inFlight -= 1;
      return this.inner.uploadPart(...call);
    }
  }

  async function drained(slow: SlowParts, done: Promise<unknown>): Promise<void> {
    let over = false;
    done.finally(() => (over = true)).catch(() => undefined);
    while (!over) {
      await settled();
      slow.gates.shift()?.();
    }
    await done;
  }

  it('no more parts than asked for are in flight, and the content is right all the same', async () => {
    const store = memoryStore();
    const slow = new SlowParts(store);
    const client = withMultipart(slow, { xxh128: hasher, partSizeBytes: 100, partsAtOnce: 3 });
    await drained(slow, client.putObjectFromFile('bucket', 'key', await fileOf(data), { xxh128 }));
    expect(slow.peak).toBe(3);
    expect(await stored(store)).toEqual(data);
  });

  it('uploads share a budget of bytes, and give all of it back', async () => {
    const store = memoryStore();
    const slow = new SlowParts(store);
    const budget = createBudget('bytes', 250);
    const client = withMultipart(slow, { xxh128: hasher, partSizeBytes: 100, budget });
    const path = await fileOf(data);
    const puts = [1, 2, 3].map((n) => client.putObjectFromFile('bucket', `key${n}`, path, { xxh128 }));
    await drained(slow, Promise.all(puts));
    expect(slow.peak).toBe(2);
    expect(budget.peak).toBe(200);
    expect(budget.inUse).toBe(0);
    expect((await store.getObject('bucket', 'key3')).data).toEqual(data);
  });
});

describe('failures', () => {
  it('a part that fails is sent again alone', async () => {
    const { client, metered, store } = parts(once('uploadPart', 3, failure('Network', { retryable: true })));
    const deltas: number[] = [];
    const path = await fileOf(data);
    await client.putObjectFromFile('bucket', 'key', path, { xxh128, onBytes: (delta) => deltas.push(delta) });
    expect(await stored(store)).toEqual(data);
    expect(metered.counts('uploadPart').calls).toBe(6);
    expect(metered.counts('createMultipart').calls).toBe(1);
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(4500);
  });

  it('a part that fails for good ends the upload: nothing more is read, and it is aborted', async () => {
    const { client, metered, store } = parts(
      ({ method, number }) =>
        method === 'uploadPart' && number >= 2
          ? { kind: 'before', error: failure('AccessDenied') }
          : undefined,
      { partsAtOnce: 1 },
    );
    await expect(client.putObject('bucket', 'key', data)).rejects.toMatchObject({ kind: 'AccessDenied' });
    expect(metered.counts('uploadPart').calls).toBe(2);
    expect(metered.counts('abortMultipart').calls).toBe(1);
    expect(await openUploads(store)).toBe(0);
    expect(await store.headObject('bucket', 'key')).toBeNull();
  });

  it('parts in flight are told to end when one has failed', async () => {
    const { client, metered, store } = parts(({ method, number }) => {
      if (method !== 'uploadPart') return undefined;
      return number === 4 ? { kind: 'before', error: failure('AccessDenied') } : { kind: 'hang' };
    });
    await expect(client.putObject('bucket', 'key', data)).rejects.toMatchObject({ kind: 'AccessDenied' });
    expect(metered.counts('uploadPart').inFlight).toBe(0);
    expect(await openUploads(store)).toBe(0);
  });

  it('parts that do not end are waited for five seconds, then the upload is aborted', async () => {
    const clock = handClock();
    const deaf = new (class extends ForwardingClient {
      parts = 0;
      override async uploadPart(): Promise<Part> {
        this.parts += 1;
        if (this.parts === 3) throw failure('AccessDenied');
        return new Promise(() => {});
      }
    })(memoryStore());
    const metered = withMetering(deaf);
    const client = withMultipart(metered, { xxh128: hasher, partSizeBytes: PART, clock });
    const put = client.putObject('bucket', 'key', data).catch((error: unknown) => error);
    await clock.advance(4999);
    expect(metered.counts('abortMultipart').calls).toBe(0);
    await clock.advance(1);
    expect(metered.counts('abortMultipart').calls).toBe(1);
    expect(await put).toMatchObject({ kind: 'AccessDenied' });
  });

  it('a store that lost the upload gets it once more, then the error is given', async () => {
    const gone = failure('NoSuchUpload', { httpStatus: 404 });
    const { client, store } = parts(once('uploadPart', 2, gone));
    const deltas: number[] = [];
    await client.putObject('bucket', 'key', data, { xxh128, onBytes: (delta) => deltas.push(delta) });
    expect(await stored(store)).toEqual(data);
    expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(4500);
    const again = parts(({ method }) =>
      method === 'uploadPart' ? { kind: 'before', error: gone } : undefined,
    );
    await expect(again.client.putObject('bucket', 'key', data)).rejects.toBe(gone);
    expect(again.metered.counts('createMultipart').calls).toBe(2);
    expect(await openUploads(again.store)).toBe(0);
  });
});

describe('what was sent is what was promised', () => {
  it('a file that hashes otherwise is FileChanged, and nothing is completed', async () => {
    const { client, metered, store } = parts();
    const path = await fileOf(data);
    const wrong = { xxh128: hasher.oneShot(data.subarray(1)) };
    await expect(client.putObjectFromFile('bucket', 'key', path, wrong)).rejects.toMatchObject({
      ...{ kind: 'FileChanged', path, key: 'key', operation: 'putObjectFromFile' },
    });
    const range = client.putObjectFromFileRange('bucket', 'key', path, 0, 3000, wrong);
    await expect(range).rejects.toMatchObject({ kind: 'FileChanged' });
    await expect(client.putObject('bucket', 'key', data, wrong)).rejects.toMatchObject({
      kind: 'ChecksumMismatch',
    });
    expect(metered.counts('completeMultipart').calls).toBe(0);
    expect(await openUploads(store)).toBe(0);
  });

  // spec/storage.md section 7, fault 17
  it.each<[string, (path: string) => Promise<void>]>([
    ['grown', (path) => appendFile(path, 'more')],
    ['cut', (path) => writeFile(path, data.subarray(0, 2500))],
    ['touched', (path) => utimes(path, 1, 1)],
  ])('a file that is %s while it is sent is FileChanged', async (_case, change) => {
    const path = await fileOf(data);
    const store = memoryStore();
    const changing = new (class extends ForwardingClient {
      override async uploadPart(
        bucket: string,
        key: string,
        id: string,
        number: number,
        bytes: Uint8Array,
        options?: CallOptions,
      ): Promise<Part> {
        if (number === 2) await change(path);
        return this.inner.uploadPart(bucket, key, id, number, bytes, options);
      }
    })(store);
    const client = withMultipart(changing, { xxh128: hasher, partSizeBytes: PART, partsAtOnce: 1 });
    await expect(client.putObjectFromFile('bucket', 'key', path, { xxh128 })).rejects.toMatchObject({
      kind: 'FileChanged',
      path,
    });
    expect(await store.headObject('bucket', 'key')).toBeNull();
    expect(await openUploads(store)).toBe(0);
  });

  it('a file that ends before its range does is FileChanged', async () => {
    const { client, store } = parts();
    const path = await fileOf(data);
    const call = client.putObjectFromFileRange('bucket', 'key', path, 2000, 2501);
    await expect(call).rejects.toMatchObject({ kind: 'FileChanged', path });
    expect(await openUploads(store)).toBe(0);
  });
});

describe('cancellation', () => {
  it('ends the parts in flight and aborts the upload', async () => {
    const { client, metered, store } = parts(({ method, number }) =>
      method === 'uploadPart' && number > 1 ? { kind: 'hang' } : undefined,
    );
    const stop = new AbortController();
    const put = client.putObjectFromFile('bucket', 'key', await fileOf(data), { signal: stop.signal });
    const seen = expect(put).rejects.toMatchObject({ code: 'Cancelled' });
    while (metered.counts('uploadPart').calls < 5) await settled();
    stop.abort();
    await seen;
    expect(await openUploads(store)).toBe(0);
  });

  it('while the upload is opened waits for its id, to abort it', async () => {
    const store = memoryStore();
    let answer = (): void => undefined;
    const slow = new (class extends ForwardingClient {
      override async createMultipart(bucket: string, key: string): Promise<string> {
        const id = await this.inner.createMultipart(bucket, key);
        await new Promise<void>((resolve) => (answer = resolve));
        return id;
      }
    })(store);
    const stop = new AbortController();
    const client = withMultipart(slow, { xxh128: hasher, partSizeBytes: PART });
    const put = client.putObject('bucket', 'key', data, { signal: stop.signal });
    const seen = expect(put).rejects.toMatchObject({ code: 'Cancelled' });
    await settled();
    stop.abort();
    await settled();
    expect(await openUploads(store)).toBe(1);
    answer();
    await seen;
    expect(await openUploads(store)).toBe(0);
  });

  it('of a call that never began makes no request', async () => {
    const { client, metered } = parts();
    const put = client.putObject('bucket', 'key', data, { signal: AbortSignal.abort() });
    await expect(put).rejects.toMatchObject({ code: 'Cancelled' });
    expect(metered.totals().calls).toBe(0);
  });
});

describe('completion', () => {
  it('that finds an object there keeps it, and aborts the upload', async () => {
    const { client, store } = parts();
    await store.putObject('bucket', 'key', body(3));
    expect(await client.putObject('bucket', 'key', data, { ifAbsent: true })).toEqual({ created: false });
    expect(await stored(store)).toEqual(body(3));
    expect(await openUploads(store)).toBe(0);
  });

  // spec/storage.md section 7, fault 10
  it('whose parts are refused uploads again, once', async () => {
    const refused = failure('InvalidMultipart', { httpStatus: 400 });
    const { client, metered, store } = parts(once('completeMultipart', 1, refused));
    await client.putObject('bucket', 'key', data, { xxh128 });
    expect(await stored(store)).toEqual(data);
    expect(metered.counts('uploadPart').calls).toBe(10);
    const again = parts(({ method }) =>
      method === 'completeMultipart' ? { kind: 'before', error: refused } : undefined,
    );
    await expect(again.client.putObject('bucket', 'key', data)).rejects.toBe(refused);
    expect(again.metered.counts('abortMultipart').calls).toBe(2);
    expect(await openUploads(again.store)).toBe(0);
  });

  // spec/storage.md section 7, fault 11
  it('whose answer was lost is found by the size of the object', async () => {
    const lost = failure('Network', { retryable: true });
    const { client, metered } = parts(({ method, number }) =>
      method === 'completeMultipart' && number === 1 ? { kind: 'after', error: lost } : undefined,
    );
    // The retry meets NoSuchUpload, for the upload was completed.
    expect((await client.putObject('bucket', 'key', data)).created).toBe(true);
    expect(metered.counts('completeMultipart').calls).toBe(2);
    expect(metered.counts('uploadPart').calls).toBe(5);
  });

  it('without an answer to any try is found as well', async () => {
    const lost = failure('ServiceError', { httpStatus: 200, retryable: true });
    const { client, metered } = parts(
      ({ method }) => (method === 'completeMultipart' ? { kind: 'after', error: lost } : undefined),
      {},
      false,
    );
    expect((await client.putObject('bucket', 'key', data)).created).toBe(true);
    expect(metered.counts('abortMultipart').calls).toBe(1);
  });

  it('that was not made is made again from the beginning, once', async () => {
    const gone = failure('NoSuchUpload', { httpStatus: 404 });
    const { client, metered, store } = parts(once('completeMultipart', 1, gone));
    expect((await client.putObject('bucket', 'key', data)).created).toBe(true);
    expect(await stored(store)).toEqual(data);
    expect(metered.counts('createMultipart').calls).toBe(2);
    expect(await openUploads(store)).toBe(0);
  });

  it('whose fate nobody can tell is the error that it was', async () => {
    const lost = failure('Network', { retryable: true });
    const { client, metered, store } = parts(
      ({ method }) =>
        method === 'completeMultipart' || method === 'headObject'
          ? { kind: 'before', error: lost }
          : undefined,
      {},
      false,
    );
    await expect(client.putObject('bucket', 'key', data)).rejects.toBe(lost);
    expect(metered.counts('createMultipart').calls).toBe(1);
    expect(await openUploads(store)).toBe(0);
  });

  it('that met another writer of the same object keeps what is there', async () => {
    const conflict = failure('Conflict', { httpStatus: 409 });
    const { client, store } = parts(({ method }) =>
      method === 'completeMultipart' ? { kind: 'before', error: conflict } : undefined,
    );
    await store.putObject('bucket', 'key', data);
    const outcome = await client.putObject('bucket', 'key', data, { ifAbsent: true });
    expect(outcome.created).toBe(false);
    expect(await openUploads(store)).toBe(0);
  });
});

describe('who listens for uploads', () => {
  const listening = (plan?: FaultPlan) => {
    const heard: [string, string][] = [];
    const onUpload: MultipartOptions['onUpload'] = (event, { bucket, key, uploadId }) => {
      heard.push([event, `${bucket}/${key}`]);
      expect(uploadId).not.toBe('');
    };
    return { heard, ...parts(plan, { onUpload }) };
  };

  it.each<[string, FaultPlan | undefined]>([
    ['one that succeeds', undefined],
    ['one that fails', once('uploadPart', 2, failure('AccessDenied'))],
    [
      'one that cannot be aborted',
      ({ method }) =>
        method === 'uploadPart' || method === 'abortMultipart'
          ? { kind: 'before', error: failure('AccessDenied') }
          : undefined,
    ],
  ])('is told of the beginning and the end of %s', async (_case, plan) => {
    const { client, heard } = listening(plan);
    await client.putObject('bucket', 'key', data).catch(() => undefined);
    expect(heard).toEqual([
      ['begun', 'bucket/key'],
      ['ended', 'bucket/key'],
    ]);
  });

  it('hears of no end while the abort is under way, and of nothing without parts', async () => {
    const { client, heard, metered } = listening(({ method }) => {
      if (method === 'abortMultipart') return { kind: 'hang' };
      return method === 'uploadPart' ? { kind: 'before', error: failure('AccessDenied') } : undefined;
    });
    await client.putObject('bucket', 'small', body(10));
    expect(heard).toEqual([]);
    void client.putObject('bucket', 'key', data).catch(() => undefined);
    await expect.poll(() => metered.counts('abortMultipart').inFlight).toBe(1);
    await settled();
    expect(heard).toEqual([['begun', 'bucket/key']]);
  });
});

describe('an abort that fails', () => {
  const denied = failure('AccessDenied', { httpStatus: 403 });
  const flaky = failure('Network', { retryable: true });

  it.each([
    ['for good', [denied], 1],
    ['at every try', [flaky, flaky, flaky, flaky], 3],
  ] as const)(
    '%s is a warning with the id, and the error is that of the upload',
    async (_case, errors, tries) => {
      const { client, metered, store, warnings } = parts(
        ({ method, number }) => {
          if (method === 'uploadPart') return { kind: 'before', error: denied };
          const error = errors[number - 1];
          return method === 'abortMultipart' && error ? { kind: 'before', error } : undefined;
        },
        {},
        false,
      );
      await expect(client.putObject('bucket', 'key', data)).rejects.toBe(denied);
      expect(metered.counts('abortMultipart').calls).toBe(tries);
      const pages = store.listMultipart('bucket', '')[Symbol.asyncIterator]();
      const [upload] = (await pages.next()).value ?? [];
      expect(warnings).toHaveLength(1);
      expect(warnings[0]?.[0]).toContain(upload?.uploadId);
      expect(warnings[0]?.[1]).toMatchObject({ bucket: 'bucket', key: 'key', uploadId: upload?.uploadId });
    },
  );

  it('with retries inside makes three tries, not nine', async () => {
    const { client, metered, warnings } = parts(({ method }) => {
      if (method === 'uploadPart') return { kind: 'before', error: denied };
      return method === 'abortMultipart' ? { kind: 'before', error: flaky } : undefined;
    });
    await expect(client.putObject('bucket', 'key', data)).rejects.toBe(denied);
    expect(metered.counts('abortMultipart').calls).toBe(3);
    expect(warnings).toHaveLength(1);
  });

  it('by taking too long is given up after ten seconds', async () => {
    const clock = handClock();
    const { client, warnings } = parts(
      ({ method }) => {
        if (method === 'uploadPart') return { kind: 'before', error: denied };
        return method === 'abortMultipart' ? { kind: 'hang' } : undefined;
      },
      { clock },
      false,
    );
    const put = client.putObject('bucket', 'key', data).catch((error: unknown) => error);
    await clock.advance(9999);
    expect(warnings).toHaveLength(0);
    await clock.advance(1);
    expect(await put).toBe(denied);
    expect(warnings).toHaveLength(1);
  });
});
