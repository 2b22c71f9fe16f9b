import { expect, it } from 'vitest';
import { withAdaptiveLimit } from '../../src/backends/adaptive-limit.js';
import { ForwardingClient, type StoreCall } from '../../src/backends/forwarding.js';
import { withMetering } from '../../src/backends/metering.js';
import { withRetries } from '../../src/backends/retry.js';
import type { CallOptions } from '../../src/backends/storage-client.js';
import { handClock, settled } from '../support/clocks.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const throttled = failure('Throttled', { httpStatus: 503, retryable: true });

/** A store whose calls end when the test says so, with an error or as they would. */
function gated() {
  const gates: ((error?: Error) => void)[] = [];
  class GatedStore extends ForwardingClient {
    protected override async around<T>(_call: StoreCall, run: () => Promise<T>): Promise<T> {
      await new Promise<void>((resolve, reject) =>
        gates.push((error) => (error ? reject(error) : resolve())),
      );
      return run();
    }
  }
  const store = withMetering(new GatedStore(memoryStore()));
  const open = async (count: number, error?: Error): Promise<void> => {
    for (const gate of gates.splice(0, count)) gate(error);
    await settled();
  };
  return { store, open };
}

it('a number is the ceiling of all classes together', async () => {
  const { store, open } = gated();
  const client = withAdaptiveLimit(store, { maxConnections: 3 });
  const calls = [
    ...[1, 2].map(() => client.headObject('bucket', 'key')),
    ...[1, 2, 3].map(() => client.putObject('bucket', 'key', new Uint8Array(1))),
  ];
  await settled();
  expect(store.totals().inFlight).toBe(3);
  expect(client.limits()).toMatchObject({ all: 3, head: 3, write: 3, inFlight: 3, waiting: 2 });
  await open(3);
  await open(3);
  await Promise.all(calls);
  expect(store.totals().peakInFlight).toBe(3);
  expect(client.limits()).toMatchObject({ inFlight: 0, waiting: 0 });
});

it('begins with 50 when it is left to find the number', async () => {
  const { store, open } = gated();
  const client = withAdaptiveLimit(store);
  const calls = Array.from({ length: 60 }, () => client.headObject('bucket', 'key'));
  await settled();
  expect(store.totals().inFlight).toBe(50);
  await open(60);
  await open(60);
  await Promise.all(calls);
});

it('a throttled call halves its own class, and leaves the others alone', async () => {
  const clock = handClock();
  const { store, open } = gated();
  const client = withAdaptiveLimit(store, { maxConnections: 20, clock });
  const puts = Array.from({ length: 8 }, () =>
    client.putObject('bucket', 'key', new Uint8Array(1)).catch((error: unknown) => error),
  );
  await settled();
  await open(3, throttled);
  expect(client.limits()).toMatchObject({ write: 4, head: 20, read: 20, list: 20, inFlight: 5 });
  await open(9);
  expect(await Promise.all(puts)).toContain(throttled);
  await clock.advance(3000);
  expect(client.limits()).toMatchObject({ write: 7 });
});

it('a class at its limit does not hold up another', async () => {
  const { store, open } = gated();
  const client = withAdaptiveLimit(store, { maxConnections: 4 });
  const first = [1, 2].map(() => client.headObject('bucket', 'key').catch((error: unknown) => error));
  await settled();
  await open(2, throttled); // heads: one at a time
  const heads = [1, 2, 3].map(() => client.headObject('bucket', 'key'));
  const get = client.putObject('bucket', 'key', new Uint8Array(1));
  await settled();
  expect(store.counts('headObject').inFlight).toBe(1);
  expect(store.counts('putObject').inFlight).toBe(1);
  for (let n = 0; n < 4; n += 1) await open(4);
  await Promise.all([...first, ...heads, get]);
});

it('the next call goes to who has waited longest', async () => {
  const { store, open } = gated();
  const client = withAdaptiveLimit(store, { maxConnections: 1 });
  const order: string[] = [];
  const calls = [
    client.headObject('bucket', 'a').then(() => order.push('head a')),
    client.putObject('bucket', 'b', new Uint8Array(1)).then(() => order.push('put b')),
    client.headObject('bucket', 'c').then(() => order.push('head c')),
  ];
  for (let n = 0; n < 3; n += 1) {
    await settled();
    await open(1);
  }
  await Promise.all(calls);
  expect(order).toEqual(['head a', 'put b', 'head c']);
});

it('who is cancelled while he waits is gone, and an abort never waits', async () => {
  const { store, open } = gated();
  const client = withAdaptiveLimit(store, { maxConnections: 1 });
  const stop = new AbortController();
  const held = client.headObject('bucket', 'key');
  const waiting = client.headObject('bucket', 'key', { signal: stop.signal });
  await settled();
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'Cancelled' });
  expect(client.limits().waiting).toBe(0);
  const abort = client.abortMultipart('bucket', 'key', 'none');
  await settled();
  expect(store.counts('abortMultipart').inFlight).toBe(1);
  await open(2);
  await Promise.all([held, abort]);
});

it('a listing holds no permit between its pages', async () => {
  const store = memoryStore();
  await store.putObject('bucket', 'key', new Uint8Array(1));
  const client = withAdaptiveLimit(store, { maxConnections: 1 });
  for await (const page of client.listObjects('bucket', '')) {
    for (const { key } of page) expect((await client.headObject('bucket', key))?.size).toBe(1);
  }
  expect(client.limits().inFlight).toBe(0);
});

it('raises the limit while more calls at once end sooner', async () => {
  const clock = handClock();
  class SlowStore extends ForwardingClient {
    protected override async around<T>(_call: StoreCall, run: () => Promise<T>): Promise<T> {
      await clock.sleep(100);
      return run();
    }
  }
  const client = withAdaptiveLimit(new SlowStore(memoryStore()), { clock });
  let over = false;
  const lanes = Array.from({ length: 400 }, async () => {
    while (!over) await client.headObject('bucket', 'key');
  });
  await clock.advance(9000);
  const { all } = client.limits();
  over = true;
  await clock.advance(2000);
  await Promise.all(lanes);
  expect(all).toBeGreaterThan(150);
});

// spec/storage.md section 7, fault 1
it('comes through a minute of 503 on every other request, lowers its rate and recovers', {
  timeout: 60_000,
}, async () => {
  const clock = handClock();
  const metered = withMetering(
    new (class extends ForwardingClient {
      number = 0;
      protected override async around<T>(_call: StoreCall, run: () => Promise<T>): Promise<T> {
        await clock.sleep(20);
        this.number += 1;
        if (clock.elapsed < 60_000 && this.number % 2 === 0) throw throttled;
        return run();
      }
    })(memoryStore()),
  );
  const limited = withAdaptiveLimit(metered, { clock });
  const client = withRetries(limited, { clock, random: () => 0.5 });
  let stored = 0;
  let lowest = Number.POSITIVE_INFINITY;
  const lanes = Array.from({ length: 64 }, async (_, lane) => {
    for (let n = 0; clock.elapsed < 120_000; n += 1) {
      await client.putObject('bucket', `${lane}-${n}`, new Uint8Array(1));
      stored += 1;
      lowest = Math.min(lowest, limited.limits().write);
    }
  });
  await clock.advance(60_000);
  const during = stored;
  await clock.advance(200_000);
  await Promise.all(lanes);
  expect(lowest).toBeLessThanOrEqual(3);
  expect(during).toBeGreaterThan(0);
  expect(limited.limits().write).toBe(limited.limits().all);
  expect(stored - during).toBeGreaterThan(during);
});

it.each([
  ['a small body is counted when it has been sent, with the options of its caller', 128 * 1024, true],
  ['a larger one is counted on its way', 128 * 1024 + 1, false],
])('%s', async (_what, size, isSame) => {
  const given: (CallOptions | undefined)[] = [];
  class Watched extends ForwardingClient {
    override putObject(bucket: string, key: string, data: Uint8Array, options?: CallOptions) {
      given.push(options);
      return super.putObject(bucket, key, data, options);
    }
  }
  const told: number[] = [];
  const options = { onBytes: (delta: number) => void told.push(delta) };
  await withAdaptiveLimit(new Watched(memoryStore())).putObject(
    'bucket',
    'key',
    new Uint8Array(size),
    options,
  );
  expect(given[0] === options).toBe(isSame);
  expect(told.reduce((sum, delta) => sum + delta, 0)).toBe(size);
});
