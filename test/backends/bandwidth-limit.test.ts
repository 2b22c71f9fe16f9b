import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type BandwidthRates, withBandwidthLimit } from '../../src/backends/bandwidth-limit.js';
import { withFaults } from '../../src/backends/faults.js';
import { withMetering } from '../../src/backends/metering.js';
import { withMultipart } from '../../src/backends/multipart.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { handClock, settled } from '../support/clocks.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const RATE = 1000;
/** Unused time that may be caught up; an idle link has it. */
const BURST_MS = 50;

function paced(rates: Partial<BandwidthRates>) {
  const clock = handClock();
  const metered = withMetering(memoryStore());
  const client = withBandwidthLimit(metered, rates, clock);
  /** Runs the calls at once, and gives the milliseconds until each was over. */
  const times = async (...calls: ((client: StorageClient) => Promise<unknown>)[]): Promise<number[]> => {
    const from = clock.elapsed;
    const ends = calls.map((call) => call(client).then(() => clock.elapsed - from));
    await clock.advance(60_000);
    return Promise.all(ends);
  };
  return { client, clock, metered, times };
}

const put = (size: number) => (client: StorageClient) =>
  client.putObject('bucket', 'key', new Uint8Array(size));
const get = (client: StorageClient) => client.getObject('bucket', 'key');
const range = (start: number, end: number) => (client: StorageClient) =>
  client.getObjectRange('bucket', 'key', start, end);

it('what was let through has to pass before the next body goes', async () => {
  const { times } = paced({ up: RATE });
  expect(await times(put(2000), put(500), put(1000), put(1))).toEqual([0, 2000, 2500, 3500]);
});

it('the two directions have a rate each', async () => {
  const { times } = paced({ up: RATE, down: 4 * RATE });
  const other = (client: StorageClient) => client.putObject('bucket', 'other', new Uint8Array(10));
  expect(await times(put(1000), put(1000))).toEqual([0, 1000]);
  expect(await times(range(0, 799), range(0, 799), other, range(0, 9))).toEqual([
    ...[0, 200 - BURST_MS, 0, 400 - BURST_MS],
  ]);
});

it('a rate that is not set limits nothing', async () => {
  const { times } = paced({ up: RATE });
  await times(put(1000));
  expect(await times(get, get, range(0, 9))).toEqual([0, 0, 0]);
});

it('only bodies are paced', async () => {
  const { times, client } = paced({ up: RATE, down: RATE });
  const [, head, list] = await times(
    put(5000),
    (one) => one.headObject('bucket', 'key'),
    async (one) => {
      for await (const _ of one.listObjects('bucket', ''));
    },
    (one) => one.createMultipart('bucket', 'key'),
  );
  expect([head, list]).toEqual([0, 0]);
  expect(client.rates()).toEqual({ up: RATE, down: RATE });
});

it('no request is made that the caller did not make', async () => {
  const { times, metered } = paced({ up: RATE, down: RATE });
  await times(put(100));
  await times(get, get, range(0, 50));
  expect(metered.totals().calls).toBe(4);
});

it('a file is paced by its size, a range of it by its length', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'bandwidth-limit-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'file');
  await writeFile(path, new Uint8Array(3000));
  const { client, clock } = paced({ up: RATE });
  await client.putObjectFromFile('bucket', 'a', path);
  const second = client.putObjectFromFileRange('bucket', 'b', path, 1000, 500);
  const third = client.putObject('bucket', 'c', new Uint8Array(1));
  let over = 0;
  for (const call of [second, third]) call.then(() => (over += 1));
  await clock.advance(2999);
  expect(over).toBe(0);
  await clock.advance(1);
  await second;
  await clock.advance(499);
  expect(over).toBe(1);
  await clock.advance(1);
  await third;
});

describe('whole GETs, whose size nobody said', () => {
  it('are settled by what they turn out to be', async () => {
    const { times } = paced({ down: RATE });
    await times(put(3000));
    expect(await times(get, range(0, 0))).toEqual([0, 3000 - BURST_MS]);
  });

  it('are expected to be as large as those before', async () => {
    const { times, client, clock } = paced({ down: 100_000 });
    await client.putObject('bucket', 'key', new Uint8Array(10_000));
    for (let n = 0; n < 60; n += 1) await times(get);
    // All begin before one byte has come, and still go one after the other.
    const from = clock.elapsed;
    const ends: number[] = [];
    const gets = [1, 2, 3, 4].map(() => get(client).then(() => ends.push(clock.elapsed - from)));
    await clock.advance(1000);
    await Promise.all(gets);
    expect(ends.map((end) => Math.round(end / 100))).toEqual([0, 1, 2, 3]);
  });
});

it('a range to the end of the object costs what came', async () => {
  const { times } = paced({ down: RATE });
  await times(put(2000));
  expect(await times(range(0, Number.MAX_SAFE_INTEGER - 1), range(0, 0))).toEqual([0, 2000 - BURST_MS]);
  expect(await times(range(1500, 9999), range(0, 0))).toEqual([0, 500 - BURST_MS]);
});

it('a body that did not travel is not paid for', async () => {
  const { times } = paced({ up: RATE });
  const conditional = (client: StorageClient) =>
    client.putObject('bucket', 'key', new Uint8Array(5000), { ifAbsent: true });
  await times(put(10));
  expect(await times(conditional, put(1))).toEqual([0, 0]);
  const clock = handClock();
  const failing = withFaults(memoryStore(), ({ number }) =>
    number === 1 ? { kind: 'before', error: failure('Network') } : undefined,
  );
  const client = withBandwidthLimit(failing, { up: RATE }, clock);
  await expect(put(5000)(client)).rejects.toMatchObject({ kind: 'Network' });
  await put(1)(client);
  expect(clock.elapsed).toBe(0);
});

it('a new rate holds for calls that wait already', async () => {
  const { client, clock } = paced({ up: 1 });
  await put(10_000)(client);
  let over = false;
  const waiting = put(1)(client).then(() => (over = true));
  await clock.advance(1000);
  client.setRates({ up: 10_000 });
  await clock.advance(1000);
  expect(over).toBe(true);
  client.setRates({ up: Number.POSITIVE_INFINITY });
  await put(1e6)(client);
  await put(1e6)(client);
  await waiting;
});

it('who gives up leaves the line, and has stored nothing', async () => {
  const { client, clock, metered } = paced({ up: RATE });
  await put(1000)(client);
  const stop = new AbortController();
  const first = client.putObject('bucket', 'a', new Uint8Array(9000), { signal: stop.signal });
  const gaveUp = expect(first).rejects.toMatchObject({ code: 'Cancelled' });
  const second = client.putObject('bucket', 'b', new Uint8Array(1));
  await settled();
  stop.abort();
  await gaveUp;
  await clock.advance(999);
  expect(metered.counts('putObject').calls).toBe(1);
  await clock.advance(1);
  await second;
  expect(await metered.headObject('bucket', 'a')).toBeNull();
});

it('inside the multipart policy it paces parts, not objects', async () => {
  const { client, clock, metered } = paced({ up: RATE });
  const whole = withMultipart(client, { xxh128: hasher, partSizeBytes: 1000 });
  const call = put(5000)(whole);
  await clock.advance(2500);
  expect(metered.counts('uploadPart').calls).toBe(3);
  await clock.advance(1500);
  expect((await call).created).toBe(true);
});

it('keeps the rate over many calls', async () => {
  const { client, clock } = paced({ up: 1e6 });
  const from = clock.elapsed;
  const calls = Array.from({ length: 200 }, () => put(10_000)(client));
  await clock.advance(5000);
  await Promise.all(calls);
  const last = put(1)(client);
  await last;
  expect(clock.elapsed - from).toBe(5000);
  const busy = Promise.all(Array.from({ length: 100 }, () => put(10_000)(client)));
  let doneAt = 0;
  busy.then(() => (doneAt = clock.elapsed));
  await clock.advance(2000);
  await busy;
  expect(doneAt - from - 5000).toBeGreaterThan(900);
  expect(doneAt - from - 5000).toBeLessThanOrEqual(1000);
});

it.each([0, -1, Number.NaN])('a rate of %d is refused', (rate) => {
  expect(() => withBandwidthLimit(memoryStore(), { up: rate })).toThrow(
    expect.objectContaining({ code: 'InvalidConfig', option: 'up' }),
  );
  const client = withBandwidthLimit(memoryStore());
  expect(() => client.setRates({ down: rate })).toThrow(
    expect.objectContaining({ code: 'InvalidConfig', option: 'down' }),
  );
});
