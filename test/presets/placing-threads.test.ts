import { lstatSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import type { HashPool, WriteOutcome, WriteRequest } from '../../src/hashing/ports.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { placingThreads } from '../../src/presets/placing-threads.js';
import { MTIME, manifestOf, noise, partFiles, testStore, v2025, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('placing-threads');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
/** More than are placed without threads. */
const MANY = 600;
const files = Object.fromEntries(
  Array.from({ length: MANY }, (_, index) => [`d${index % 7}/f${index}.x`, noise(index * 7, index + 1)]),
);

describe('a download of many small files', () => {
  it('is the same tree, with times and modes, and no temporary file', async () => {
    const store = testStore();
    const { paths } = await manifestOf(store, files);
    const runs = (index: number) => index % 3 === 0 && { runnable: true as const };
    const manifest = v2025(paths.map((entry, index) => ({ ...entry, ...runs(index) })));
    const root = fresh();
    const done = await downloadManifestContents({ manifest, root, store });
    expect(done).toMatchObject({ processedFiles: MANY, skippedFiles: 0 });
    expect(partFiles(root)).toEqual([]);
    for (const { path, runnable } of manifest.files) {
      const local = join(root, path);
      expect(readFileSync(local).equals(files[path] ?? Buffer.alloc(0))).toBe(true);
      const { mtimeNs, mode } = lstatSync(local, { bigint: true });
      expect(mtimeNs / 1000n).toBe(BigInt(MTIME));
      expect((mode & 0o100n) !== 0n).toBe(runnable === true);
    }
  });

  it.each([
    ['SKIP', { processedFiles: 0, skippedFiles: MANY }],
    ['OVERWRITE', { processedFiles: MANY, skippedFiles: 0 }],
    ['CREATE_COPY', { processedFiles: MANY, skippedFiles: 0 }],
  ] as const)('over a tree that is there: %s', async (conflictResolution, expected) => {
    const store = testStore();
    const manifest = await manifestOf(store, files);
    const old = Object.fromEntries(Object.keys(files).map((path) => [path, 'old']));
    const root = writeTree(fresh(), old);
    const done = await downloadManifestContents({ manifest, root, store, conflictResolution });
    expect(done).toMatchObject(expected);
    expect(partFiles(root)).toEqual([]);
    for (const [path, bytes] of Object.entries(files)) {
      const kept = readFileSync(join(root, path));
      if (conflictResolution === 'OVERWRITE') expect(kept.equals(bytes as Uint8Array)).toBe(true);
      else expect(kept.toString()).toBe('old');
      if (conflictResolution !== 'CREATE_COPY') continue;
      const copy = readFileSync(join(root, path.replace('.x', ' (1).x')));
      expect(copy.equals(bytes as Uint8Array)).toBe(true);
    }
    const count = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(count).toHaveLength(conflictResolution === 'CREATE_COPY' ? 2 * MANY : MANY);
  });

  it('places what has a directory, and names the file in the place of one', async () => {
    const store = testStore();
    const manifest = await manifestOf(store, files);
    const root = fresh();
    writeFileSync(join(root, 'd6'), 'in the way');
    const done = downloadManifestContents({ manifest, root, store, onFileError: 'collect' });
    await expect(done).rejects.toMatchObject({
      errors: [{ kind: 'NotADirectory', path: join(root, 'd6') }],
    });
    const placed = Object.entries(files).filter(([path]) => !path.startsWith('d6/'));
    for (const [path, bytes] of placed) expect(readFileSync(join(root, path)).equals(bytes)).toBe(true);
    expect(partFiles(root)).toEqual([]);
  });
});

describe('placingThreads', () => {
  const request = (index: number): WriteRequest => ({
    temporary: `/t/${index}.part`,
    path: `/t/${index}`,
    bytes: new Uint8Array(1),
    runnable: false,
  });
  const spending = (place: NonNullable<ReturnType<typeof placingThreads>>): void => {
    for (let index = 0; index < 256; index += 1) expect(place(request(index))).toBeUndefined();
  };

  it('leaves the first files to the caller, and then sends what comes in one turn as one task', async () => {
    const asked: number[] = [];
    const pool = poolThat(async (requests) => {
      asked.push(requests.length);
      return requests.map(({ path }) => (path.endsWith('1') ? 'unnamed' : 'named'));
    });
    const place = placingThreads(pool, false);
    if (!place) throw new Error('nothing places');
    spending(place);
    expect(await Promise.all([place(request(1)), place(request(2)), place(request(3))])).toEqual([
      ...['unnamed', 'named', 'named'],
    ]);
    expect(await place(request(4))).toBe('named');
    expect(asked).toEqual([3, 1]);
  });

  it('fails every file of a task that failed', async () => {
    const place = placingThreads(
      poolThat(() => Promise.reject(new Error('the thread is gone'))),
      true,
    );
    if (!place) throw new Error('nothing places');
    spending(place);
    const done = await Promise.allSettled([place(request(1)), place(request(2))]);
    expect(done.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('is nothing with a pool that cannot write', () => {
    const { writeFiles: _, ...pool } = createHashPool({ threads: 1 });
    expect(placingThreads(pool, false)).toBeUndefined();
  });

  function poolThat(
    writeFiles: (requests: readonly WriteRequest[]) => Promise<readonly WriteOutcome[]>,
  ): HashPool {
    return { ...createHashPool({ threads: 1 }), writeFiles };
  }
});
