/** The example of docs and README, run: a custom stage inserted, the backend swapped by one argument. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { upload } from '../../examples/compose.js';
import {
  createHashPool,
  hasher,
  MemoryClient,
  memoryHashCache,
  openDirectoryStore,
} from '../../src/index.js';

const location = { bucket: 'local', rootPrefix: 'local' };
const pool = createHashPool();
let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'compose-'));
  mkdirSync(join(work, 'tree/deep'), { recursive: true });
  writeFileSync(join(work, 'tree/scene.blend'), 'scene');
  writeFileSync(join(work, 'tree/deep/wood.png'), 'wood');
  writeFileSync(join(work, 'tree/deep/copy.png'), 'wood');
  writeFileSync(join(work, 'tree/notes.tmp'), 'left out');
});
afterAll(async () => {
  await pool.close();
  rmSync(work, { recursive: true, force: true });
});

const clients = {
  memory: async () => new MemoryClient({ xxh128: hasher, buckets: ['local'] }),
  directory: () => openDirectoryStore(join(work, 'store'), { xxh128: hasher }),
};

it.each(Object.entries(clients))('uploads to the %s backend and gives the manifest', async (_name, open) => {
  const client = await open();
  const { manifest, stats } = await upload(join(work, 'tree'), {
    client,
    location,
    pool,
    hashCache: memoryHashCache(),
  });
  const paths = manifest.version === 'v2023-03-03' ? manifest.paths : [];
  expect(paths.map(({ path }) => path)).toEqual(['deep/copy.png', 'deep/wood.png', 'scene.blend']);
  expect(stats).toMatchObject({ totalFiles: 3, processedFiles: 2, skippedFiles: 1, totalBytes: 13 });
  for (const { path, hash } of paths) {
    const { data } = await client.getObject('local', `local/Data/${hash}.xxh128`);
    expect(Buffer.from(data)).toEqual(readFileSync(join(work, 'tree', path)));
  }
});

it('stops at a file that the custom stage refuses, and stores no manifest', async () => {
  const infected = join(work, 'infected');
  mkdirSync(infected);
  writeFileSync(join(infected, 'bad.exe'), 'x EICAR-STANDARD-ANTIVIRUS-TEST-FILE x');
  const client = await clients.memory();
  const run = upload(infected, { client, location, pool, hashCache: memoryHashCache() });
  await expect(run).rejects.toThrow('bad.exe holds a virus');
});

it('ends with Cancelled when the caller aborts', async () => {
  const client = await clients.memory();
  const stop = new AbortController();
  const run = upload(join(work, 'tree'), {
    client,
    location,
    pool,
    hashCache: memoryHashCache(),
    signal: stop.signal,
  });
  stop.abort();
  await expect(run).rejects.toMatchObject({ code: 'Cancelled' });
});
