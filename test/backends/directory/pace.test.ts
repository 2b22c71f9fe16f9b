/** A bandwidth limit around the directory store slows one large body down, in either direction. */
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withBandwidthLimit } from '../../../src/backends/bandwidth-limit.js';
import type { FileCalls } from '../../../src/backends/directory/file-calls.js';
import { DIRECTORY_STORE_DEFAULTS, openDirectoryStore } from '../../../src/backends/directory.js';
import type { CallOptions, StorageClient } from '../../../src/backends/storage-client.js';
import { hasher, xxh128 } from '../../../src/hashing/xxh128.js';
import { leapingClock } from '../../support/clocks.js';
import { noise } from '../../support/contents.js';
import { tempDir } from '../../support/temp-dir.js';

const { bucket, rootPrefix } = DIRECTORY_STORE_DEFAULTS;
const KEY = `${rootPrefix}/Data/object`;
const MIB = 1024 * 1024;
const BODY = noise(5 * MIB, 1);
const base = tempDir('pace');

/** A store with one object, at 1 MiB a second each way; `source` has the same bytes, and `target` is not there. */
async function bench(onSleep?: (at: number) => void, calls: Partial<FileCalls> = {}) {
  const folder = mkdtempSync(join(base, 'case-'));
  const inner = await openDirectoryStore(join(folder, 'store'), { xxh128: hasher, calls });
  await inner.putObject(bucket, KEY, BODY);
  const clock = leapingClock(onSleep);
  const client = withBandwidthLimit(inner, { up: MIB, down: MIB }, clock);
  const [source, target, other] = ['source', 'target', 'other'].map((name) => join(folder, name));
  writeFileSync(source as string, BODY);
  writeFileSync(other as string, '');
  const stored = (): string[] => readdirSync(join(folder, 'store', 'Data'));
  return {
    client,
    clock,
    stored,
    source: source as string,
    target: target as string,
    other: other as string,
  };
}
type Bench = Awaited<ReturnType<typeof bench>>;

const NEW = `${KEY}-2`;
const xxh = xxh128(BODY);
const PUTS: [string, (bench: Bench, options?: CallOptions) => Promise<unknown>][] = [
  ['putObject', ({ client }, options) => client.putObject(bucket, NEW, BODY, { ...options, xxh128: xxh })],
  [
    'putObjectFromFile',
    ({ client, source }, options) =>
      client.putObjectFromFile(bucket, NEW, source, { ...options, xxh128: xxh }),
  ],
  [
    'putObjectFromFileRange',
    ({ client, source }, options) =>
      client.putObjectFromFileRange(bucket, NEW, source, 0, BODY.length, options),
  ],
];
const GETS: [string, (bench: Bench, options?: CallOptions) => Promise<unknown>][] = [
  ['getObject', ({ client }, options) => client.getObject(bucket, KEY, options)],
  [
    'getObjectRange',
    ({ client }, options) => client.getObjectRange(bucket, KEY, 0, BODY.length - 1, options),
  ],
  ['getObjectToFile', ({ client, target }, options) => client.getObjectToFile(bucket, KEY, target, options)],
  [
    'getObjectToFileOffset',
    ({ client, other }, options) => client.getObjectToFileOffset(bucket, KEY, other, 0, options),
  ],
];

it.each([...PUTS, ...GETS])('%s: each MiB waits for the one before', async (_method, call) => {
  const one = await bench();
  await call(one);
  expect(one.clock.elapsed).toBeCloseTo(4000);
  // What it took is paid; the last MiB is what the next body waits for.
  await one.client.putObject(bucket, NEW, Buffer.from('1'));
  await one.client.getObjectRange(bucket, KEY, 0, 0);
  expect(one.clock.elapsed).toBeCloseTo(5000);
});

it.each(PUTS)('%s: the whole body arrives', async (_method, call) => {
  const one = await bench();
  await call(one);
  const { data } = await one.client.getObject(bucket, NEW);
  expect(xxh128(data)).toBe(xxh);
});

it.each(['target', 'other'] as const)('the whole body arrives in a file (%s)', async (name) => {
  const one = await bench();
  const { client, target, other } = one;
  if (name === 'target') await client.getObjectToFile(bucket, KEY, target);
  else await client.getObjectToFileOffset(bucket, KEY, other, 0);
  expect(xxh128(readFileSync(one[name]))).toBe(xxh);
});

it.each([...PUTS, ...GETS])('%s: a cancel while it waits leaves nothing behind', async (_method, call) => {
  const stop = new AbortController();
  const one = await bench((at) => {
    if (at >= 2000) stop.abort();
  });
  await expect(call(one, { signal: stop.signal })).rejects.toMatchObject({ code: 'Cancelled' });
  expect(one.clock.elapsed).toBeLessThan(3000);
  expect(one.stored()).toEqual(['object']);
  expect(existsSync(one.target)).toBe(false);
});

it('a copy that shares its blocks moves no bytes, and is not waited for', async () => {
  const copyFile: FileCalls['copyFile'] = async (from, to) => copyFileSync(from as string, to as string);
  const { client, clock, source, target } = await bench(undefined, { copyFile });
  const store: StorageClient = client;
  await store.putObjectFromFile(bucket, NEW, source);
  await store.putObjectFromFile(bucket, KEY, source);
  await store.getObjectToFile(bucket, KEY, target);
  await store.getObject(bucket, `${KEY}-2`).then(({ data }) => expect(xxh128(data)).toBe(xxh));
  expect(clock.elapsed).toBeCloseTo(4000);
});
