import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withBandwidth } from '../../src/backends/bandwidth.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import type { Clock } from '../../src/pipeline/types.js';
import { memoryStore } from '../support/memory-store.js';

/** A clock that moves when it is slept on. */
function virtualClock(): Clock & { at: number } {
  const clock = {
    at: 1000,
    now: () => clock.at,
    monotonic: () => clock.at,
    sleep: async (ms: number, signal?: AbortSignal) => {
      if (signal?.aborted) throw new CancelledError();
      clock.at += ms;
    },
  };
  return clock;
}
const MEBIBYTE = 1024 * 1024;

it('a call takes its latency and the time of its body', async () => {
  const clock = virtualClock();
  const client = withBandwidth(memoryStore(), { bytesPerSecond: MEBIBYTE, latencyMs: 50 }, clock);
  const elapsed = async (call: () => Promise<unknown>): Promise<number> => {
    const from = clock.at;
    await call();
    return clock.at - from;
  };
  const body = new Uint8Array(2 * MEBIBYTE);
  expect(await elapsed(() => client.headObject('bucket', 'key'))).toBe(50);
  expect(await elapsed(() => client.putObject('bucket', 'key', body))).toBeCloseTo(2050 - 20, -1);
  expect(await elapsed(() => client.getObject('bucket', 'key'))).toBeCloseTo(2050 - 20, -1);
  expect(await elapsed(() => client.getObjectRange('bucket', 'key', 0, MEBIBYTE - 1))).toBeCloseTo(
    1050 - 20,
    -1,
  );
  expect(await elapsed(() => client.getObjectRange('bucket', 'key', MEBIBYTE, 9 * MEBIBYTE))).toBeCloseTo(
    1050 - 20,
    -1,
  );
  const dir = mkdtempSync(join(tmpdir(), 'bandwidth-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'file');
  await writeFile(path, body);
  expect(await elapsed(() => client.putObjectFromFile('bucket', 'key', path))).toBeCloseTo(2050 - 20, -1);
  client.setSpeed({ bytesPerSecond: Number.POSITIVE_INFINITY, latencyMs: 0 });
  expect(await elapsed(() => client.getObject('bucket', 'key'))).toBe(0);
});

it('all calls share the link', async () => {
  const clock = virtualClock();
  const client = withBandwidth(memoryStore(), { bytesPerSecond: MEBIBYTE, latencyMs: 0 }, clock);
  const from = clock.at;
  await Promise.all([1, 2, 3, 4].map((n) => client.putObject('bucket', `k${n}`, new Uint8Array(MEBIBYTE))));
  expect(clock.at - from).toBeGreaterThanOrEqual(3970);
});

it('a call that is cancelled while it waits has stored nothing', async () => {
  const store = memoryStore();
  const client = withBandwidth(store, { bytesPerSecond: 1, latencyMs: 0 });
  const stop = new AbortController();
  const put = client.putObject('bucket', 'key', new Uint8Array(1000), { signal: stop.signal });
  setImmediate(() => stop.abort());
  await expect(put).rejects.toMatchObject({ code: 'Cancelled' });
  expect(await store.headObject('bucket', 'key')).toBeNull();
});

it.each([
  { bytesPerSecond: 0, latencyMs: 0 },
  { bytesPerSecond: Number.NaN, latencyMs: 0 },
  { bytesPerSecond: 1, latencyMs: -1 },
])('%j is refused', (speed) => {
  expect(() => withBandwidth(memoryStore(), speed)).toThrow(
    expect.objectContaining({ code: 'InvalidConfig' }),
  );
});
