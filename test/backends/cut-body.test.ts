import { expect, it } from 'vitest';
import { ForwardingClient } from '../../src/backends/forwarding.js';
import { partialBodyOf, withPartialBody } from '../../src/backends/partial-body.js';
import { withRetries } from '../../src/backends/retry.js';
import type {
  CallOptions,
  HeadResult,
  RangeOptions,
  WholeObject,
} from '../../src/backends/storage-client.js';
import { StorageError } from '../../src/model/errors.js';
import type { Clock } from '../../src/pipeline/types.js';
import { memoryStore } from '../support/memory-store.js';

const SIZE = 1000;
const body = Uint8Array.from({ length: SIZE }, (_, at) => at % 251);
const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: async () => undefined };
const cut = () => new StorageError('Network', 'cut', { operation: 'getObject', retryable: true });

interface Asked {
  readonly from: number;
  readonly to: number;
  readonly ifMatch: string | undefined;
}

/** A store whose connections break after so many bytes each, one number per request; `undefined` holds. */
class CuttingStore extends ForwardingClient {
  readonly asked: Asked[] = [];
  /** Runs before the request of that number, from 1. */
  before: Record<number, () => Promise<unknown>> = {};
  told: 'all' | 'no etag' | 'no head' = 'all';

  constructor(private readonly cuts: readonly (number | undefined)[]) {
    super(memoryStore());
  }

  override async getObject(bucket: string, key: string, options?: CallOptions) {
    await this.#ask({ from: 0, to: SIZE - 1, ifMatch: undefined });
    const { data, head } = await this.inner.getObject(bucket, key);
    return { data: this.#passed(data, head, options), head };
  }

  override async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ) {
    await this.#ask({ from: start, to: end, ifMatch: options?.ifMatch });
    const { onBytes: _, ...rest } = options ?? {};
    const data = await this.inner.getObjectRange(bucket, key, start, end, rest);
    const head = await this.inner.headObject(bucket, key);
    return this.#passed(data, head ?? undefined, options);
  }

  async #ask(asked: Asked): Promise<void> {
    this.asked.push(asked);
    await this.before[this.asked.length]?.();
  }

  #passed(data: Uint8Array, head: HeadResult | undefined, options: CallOptions | undefined): Uint8Array {
    const length = this.cuts[this.asked.length - 1] ?? data.length;
    options?.onBytes?.(length);
    if (this.cuts[this.asked.length - 1] === undefined) return data;
    const etag = head?.etag;
    throw withPartialBody(cut(), {
      bytes: data.slice(0, length),
      totalBytes: data.length,
      ...(etag !== undefined && this.told !== 'no etag' && { etag }),
      ...(head && this.told === 'all' && { head }),
    });
  }
}

async function cutting(...cuts: (number | undefined)[]) {
  const store = new CuttingStore(cuts);
  await store.putObject('bucket', 'key', body);
  const client = withRetries(store, { clock });
  const etag = (await store.headObject('bucket', 'key'))?.etag;
  return { store, client, etag };
}

it('asks for the rest of the same object, as often as it is cut', async () => {
  const { store, client, etag } = await cutting(300, 200);
  const deltas: number[] = [];
  const { data, head } = await client.getObject('bucket', 'key', { onBytes: (delta) => deltas.push(delta) });
  expect(data).toEqual(body);
  expect(head.etag).toBe(etag);
  expect(store.asked).toEqual([
    { from: 0, to: 999, ifMatch: undefined },
    { from: 300, to: 999, ifMatch: etag },
    { from: 500, to: 999, ifMatch: etag },
  ]);
  expect(deltas).toEqual([300, 200, 500]);
});

it('does the same for a range, at its own offset', async () => {
  const { store, client, etag } = await cutting(10, 5);
  expect(await client.getObjectRange('bucket', 'key', 100, 199)).toEqual(body.slice(100, 200));
  expect(store.asked).toEqual([
    { from: 100, to: 199, ifMatch: undefined },
    { from: 110, to: 199, ifMatch: etag },
    { from: 115, to: 199, ifMatch: etag },
  ]);
});

it('tells of the object with every try, the last one at last', async () => {
  const { store, client, etag } = await cutting(10, 5);
  const other = Uint8Array.from(body, (byte) => byte ^ 0xff);
  store.before[3] = () => store.putObject('bucket', 'key', other);
  const told: unknown[] = [];
  const onObject = (object: WholeObject): void => void told.push(object.etag);
  expect(await client.getObjectRange('bucket', 'key', 100, 199, { onObject })).toEqual(other.slice(100, 200));
  const now = (await store.headObject('bucket', 'key'))?.etag;
  expect(told).toEqual([etag, etag, now]);
});

it('resumes a range that is cut at the end of the object', async () => {
  const { store, client } = await cutting(10);
  expect(await client.getObjectRange('bucket', 'key', 900, 5000)).toEqual(body.slice(900));
  expect(store.asked[1]).toMatchObject({ from: 910, to: 5000 });
});

it('keeps the condition of the caller', async () => {
  const { store, client, etag } = await cutting(10);
  store.told = 'no etag';
  if (etag === undefined) expect.unreachable();
  await client.getObjectRange('bucket', 'key', 0, 99, { ifMatch: etag });
  expect(store.asked.map(({ from, ifMatch }) => [from, ifMatch])).toEqual([
    [0, etag],
    [10, etag],
  ]);
});

it('needs no request when everything had arrived', async () => {
  const { store, client } = await cutting(1000);
  expect((await client.getObject('bucket', 'key')).data).toEqual(body);
  expect(store.asked).toHaveLength(1);
});

it.each(['no etag', 'no head'] as const)('begins again when the answer had %s', async (told) => {
  const { store, client } = await cutting(300);
  store.told = told;
  const deltas: number[] = [];
  await client.getObject('bucket', 'key', { onBytes: (delta) => deltas.push(delta) });
  expect(store.asked.map(({ from }) => from)).toEqual([0, 0]);
  expect(deltas).toEqual([300, -300, 1000]);
});

it('begins again, once, when the object was replaced meanwhile', async () => {
  const { store, client } = await cutting(300);
  const other = Uint8Array.from(body, (byte) => byte ^ 0xff);
  store.before[2] = () => store.putObject('bucket', 'key', other);
  const deltas: number[] = [];
  const { data } = await client.getObject('bucket', 'key', { onBytes: (delta) => deltas.push(delta) });
  expect(data).toEqual(other);
  expect(store.asked.map(({ from }) => from)).toEqual([0, 300, 0]);
  expect(deltas).toEqual([300, -300, 1000]);
});

it('gives up on an object that is replaced again and again', async () => {
  const { store, client } = await cutting(300, undefined, 300);
  const replace = () => store.putObject('bucket', 'key', body);
  store.before = { 2: replace, 4: replace };
  await expect(client.getObject('bucket', 'key')).rejects.toMatchObject({
    kind: 'Conflict',
    operation: 'getObject',
    httpStatus: 412,
    attempts: 3,
  });
  expect(store.asked.map(({ from }) => from)).toEqual([0, 300, 0, 300]);
});

it('begins again when the object has become shorter than what is missing begins', async () => {
  const { store, client } = await cutting(300);
  store.getObjectRange = async () => {
    throw new StorageError('BadRequest', 'past the end', { httpStatus: 416 });
  };
  expect((await client.getObject('bucket', 'key')).data).toEqual(body);
  expect(store.asked).toHaveLength(2);
});

it('trusts no rest of the wrong length: once it begins again, then the try has failed', async () => {
  const { store, client } = await cutting(300, 300);
  store.getObjectRange = async () => new Uint8Array(SIZE); // a store that ignores ranges
  await expect(client.getObject('bucket', 'key')).rejects.toMatchObject({
    kind: 'Network',
    operation: 'getObject',
    attempts: 3,
  });
  expect(store.asked.map(({ from }) => from)).toEqual([0, 0]);
});

it('8 MiB of progress give new tries, in however many pieces they came', async () => {
  const mebibyte = 1024 * 1024;
  const store = memoryStore();
  let calls = 0;
  const whole = new Uint8Array(40 * mebibyte);
  const fail = (start: number, options: CallOptions | undefined) => {
    calls += 1;
    options?.onBytes?.(5 * mebibyte);
    return withPartialBody(cut(), {
      bytes: whole.subarray(start, start + 5 * mebibyte),
      etag: 'e',
      totalBytes: whole.length - start,
      head: { key: 'key', size: whole.length, userMetadata: {} },
    });
  };
  store.getObject = async (_bucket, _key, options) => {
    throw fail(0, options);
  };
  store.getObjectRange = async (_bucket, _key, start, end, options) => {
    if (start + 5 * mebibyte < whole.length) throw fail(start, options);
    return whole.subarray(start, end + 1);
  };
  const { data } = await withRetries(store, { clock, maxAttempts: 3 }).getObject('bucket', 'key');
  expect(data.length).toBe(whole.length);
  expect(calls).toBe(7);
});

it('a body is on the error and in no text of it', () => {
  const error = withPartialBody(cut(), { bytes: Uint8Array.of(115, 101, 99), etag: '"e"' });
  expect(partialBodyOf(error)).toMatchObject({ etag: '"e"' });
  expect(partialBodyOf(cut())).toBeUndefined();
  expect(partialBodyOf('text')).toBeUndefined();
  expect(JSON.stringify(error)).not.toContain('115');
});
