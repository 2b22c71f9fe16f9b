import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { HashCache } from '../../src/caches/ports.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest } from '../../src/model/encode.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { DEFAULT_FILE_CHUNK_SIZE, type ManifestV2023, type ManifestV2025 } from '../../src/model/manifest.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import {
  createManifest,
  type SnapshotOptions,
  snapshotDirectory,
  snapshotFileName,
  snapshotStructure,
} from '../../src/presets/create-manifest.js';
import { writeManifest } from '../../src/presets/manifest-files.js';
import { asNobody, canBecomeNobody, compiled } from '../support/as-nobody.js';
import { testStore } from '../support/contents.js';
import { type DiskNode, files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('create-manifest');
const hash = (text: string): string => xxh128(Buffer.from(text));
const MTIME = 1_700_000_000_000_000;

const TREE: readonly DiskNode[] = [
  { path: 'a.txt', type: 'file', content: 'aaa' },
  { path: 'bin/run.sh', type: 'file', content: '#!', mode: '0755' },
  { path: 'empty', type: 'dir' },
  { path: 'nested/only/empty', type: 'dir' },
  link('l', 'a.txt'),
  link('d', 'bin'),
];

async function flat(options: SnapshotOptions): Promise<Record<string, string>> {
  const manifest = (await createManifest(options)) as ManifestV2023 | undefined;
  return Object.fromEntries((manifest?.paths ?? []).map(({ path, hash: digest }) => [path, digest]));
}
async function draft(options: SnapshotOptions): Promise<ManifestV2025> {
  return (await createManifest({ version: 'v2025-12', ...options })) as ManifestV2025;
}

describe('v2023-03-03, the default', () => {
  it('holds files, sorted, with links to files collapsed', async () => {
    const root = plantTree(fresh(), TREE);
    const manifest = await createManifest({ root });
    expect(manifest).toEqual({
      version: 'v2023-03-03',
      hashAlg: 'xxh128',
      totalSize: 8,
      paths: [
        { path: 'a.txt', hash: hash('aaa'), size: 3, mtime: MTIME },
        { path: 'bin/run.sh', hash: hash('#!'), size: 2, mtime: MTIME },
        { path: 'l', hash: hash('aaa'), size: 3, mtime: MTIME },
      ],
    });
  });

  it('is undefined for nothing', async () => {
    expect(await createManifest({ root: plantTree(fresh(), [{ path: 'd', type: 'dir' }]) })).toBeUndefined();
    const root = plantTree(fresh(), files('a'));
    expect(await createManifest({ root, filter: new GlobFilter({ include: 'x' }) })).toBeUndefined();
  });

  it.each<[string, Partial<SnapshotOptions>, string[]]>([
    ['followSymlinks', { followSymlinks: true }, ['a.txt', 'bin/run.sh', 'd/run.sh', 'l']],
    ['followSymlinks: false', { followSymlinks: false }, ['a.txt', 'bin/run.sh', 'l']],
    ['collapse_all', { symlinks: 'collapse_all' }, ['a.txt', 'bin/run.sh', 'd/run.sh', 'l']],
    ['exclude_all', { symlinks: 'exclude_all' }, ['a.txt', 'bin/run.sh']],
    ['exclude_escaping', { symlinks: 'exclude_escaping' }, ['a.txt', 'bin/run.sh', 'd/run.sh', 'l']],
    ['a filter', { filter: new GlobFilter({ exclude: '**/*.txt' }) }, ['bin/run.sh', 'l']],
  ])('takes links and filters as told: %s', async (_case, options, paths) => {
    const root = plantTree(fresh(), TREE);
    expect(Object.keys(await flat({ root, ...options }))).toEqual(paths);
  });
});

describe('the 2025 formats', () => {
  it.each(['v2025-12-04-beta', 'v2025-12'] as const)(
    '%s holds directories, links and execute bits',
    async (version) => {
      const root = plantTree(fresh(), TREE);
      const manifest = await draft({ root, version });
      expect(manifest.dirs.map(({ path }) => path)).toEqual([
        'bin',
        'empty',
        'nested',
        'nested/only',
        'nested/only/empty',
      ]);
      expect(manifest.files).toEqual([
        { path: 'a.txt', hash: hash('aaa'), size: 3, mtime: MTIME },
        { path: 'bin/run.sh', hash: hash('#!'), size: 2, mtime: MTIME, runnable: true },
        { path: 'd', symlinkTarget: 'bin' },
        { path: 'l', symlinkTarget: 'a.txt' },
      ]);
      expect(manifest).toMatchObject({
        version,
        type: 'snapshot',
        totalSize: 5,
        fileChunkSizeBytes: DEFAULT_FILE_CHUNK_SIZE,
      });
      expect(decodeManifest(encodeManifest(manifest))).toMatchObject({ files: manifest.files });
    },
  );

  it('hold an empty tree', async () => {
    expect(await draft({ root: plantTree(fresh(), []) })).toMatchObject({
      dirs: [],
      files: [],
      totalSize: 0,
    });
  });

  it('leave out directories without entries when told', async () => {
    const manifest = await draft({ root: plantTree(fresh(), TREE), includeEmptyDirs: false });
    expect(manifest.dirs.map(({ path }) => path)).toEqual(['bin']);
  });

  it('keep of a filtered tree the directories that the filter matches and those above kept files', async () => {
    const root = plantTree(fresh(), TREE);
    const kept = async (include: string): Promise<string[]> =>
      (await draft({ root, filter: new GlobFilter({ include }) })).dirs.map(({ path }) => path);
    expect(await kept('**/*.sh')).toEqual(['bin']);
    expect(await kept('nested/**')).toEqual(['nested', 'nested/only', 'nested/only/empty']);
    expect(await kept('*.txt')).toEqual([]);
  });

  it('keep a collapsed linked directory, empty or not', async () => {
    const root = plantTree(fresh(), [
      { path: 'e', type: 'dir' },
      ...files('f/x'),
      link('le', 'e'),
      link('lf', 'f'),
    ]);
    const manifest = await draft({ root, followSymlinks: true });
    expect(manifest.dirs.map(({ path }) => path)).toEqual(['e', 'f', 'le', 'lf']);
    expect(manifest.files.map(({ path }) => path)).toEqual(['f/x', 'lf/x']);
  });

  it.each([
    [4, 4, 1],
    [4, 5, 2],
    [4, 12, 3],
    [4, 0, 1],
    [-1, 12, 1],
  ])('v2025-12 with chunks of %d bytes: %d bytes have %d digests', async (chunkSizeBytes, size, count) => {
    const content = 'abcdefghijkl'.slice(0, size);
    const root = plantTree(fresh(), [{ path: 'a', type: 'file', content }]);
    const manifest = await draft({ root, chunkSizeBytes });
    const [file] = manifest.files;
    const pieces = count === 1 ? [content] : (content.match(/.{1,4}/g) ?? []);
    const digests = pieces.map(hash);
    expect(file).toMatchObject(count === 1 ? { hash: digests[0] } : { chunkhashes: digests });
    expect(manifest.fileChunkSizeBytes).toBe(chunkSizeBytes);
  });
});

describe('base', () => {
  const plant = async () => {
    const root = plantTree(fresh(), [
      { path: 'same', type: 'file', content: 's' },
      { path: 'touched', type: 'file', content: 't' },
      { path: 'edited', type: 'file', content: 'e' },
    ]);
    const base = (await createManifest({ root })) as ManifestV2023;
    utimesSync(join(root, 'touched'), 0, 5);
    writeFileSync(join(root, 'edited'), 'E');
    utimesSync(join(root, 'edited'), 0, 1_700_000_000); // the time says that nothing happened
    writeFileSync(join(root, 'new'), 'n');
    return { root, base };
  };

  it('fast: what is new, or has another size or time', async () => {
    expect(Object.keys(await flat(await plant()))).toEqual(['new', 'touched']);
  });

  it('forceRehash: what is new, or has another content, whatever a cache knows', async () => {
    const { root, base } = await plant();
    const lying: HashCache = {
      ...memoryHashCache(),
      lookup: async (queries) => queries.map(() => '0'.repeat(32)),
    };
    expect(await flat({ root, base, forceRehash: true, hashCache: lying })).toEqual({
      edited: hash('E'),
      new: hash('n'),
    });
  });

  it('is undefined when nothing changed', async () => {
    const root = plantTree(fresh(), files('a'));
    const base = (await createManifest({ root })) as ManifestV2023;
    expect(await createManifest({ root, base })).toBeUndefined();
    expect(await createManifest({ root, base, forceRehash: true })).toBeUndefined();
  });
});

describe('inputFiles', () => {
  it('are taken without walk and filter', async () => {
    const root = plantTree(fresh(), TREE);
    const inputFiles = ['d/run.sh', 'a.txt', 'gone'].map((name) => join(root, name));
    const logged: string[] = [];
    const options = { root, inputFiles, filter: new GlobFilter({ include: 'x' }) };
    const manifest = await flat({ ...options, log: (level) => void logged.push(level) });
    expect(manifest).toEqual({ 'a.txt': hash('aaa'), 'd/run.sh': hash('#!') });
    expect(logged).toEqual(['warning']);
  });

  it('outside the root, or directories, are refused', async () => {
    const root = plantTree(fresh(), TREE);
    await expect(createManifest({ root, inputFiles: ['/etc/passwd'] })).rejects.toMatchObject({
      code: 'PathOutsideRoot',
    });
    await expect(createManifest({ root, inputFiles: [join(root, 'bin')] })).rejects.toMatchObject({
      code: 'NotAFile',
    });
  });
});

describe('InvalidConfig', () => {
  const base = { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: 0, paths: [] } as const;

  it.each<[string, Partial<SnapshotOptions>]>([
    ['version', { version: 'v1' as never }],
    ['symlinks', { symlinks: 'follow' as never }],
    ['symlinks', { symlinks: 'preserve' }],
    ['symlinks', { symlinks: 'collapse_escaping' }],
    ['followSymlinks', { followSymlinks: true, symlinks: 'collapse_all' }],
    ['base', { base, version: 'v2025-12' }],
    ['base', { base, version: 'v2025-12-04-beta' }],
    ['chunkSizeBytes', { version: 'v2025-12', chunkSizeBytes: 0 }],
    ['chunkSizeBytes', { version: 'v2025-12', chunkSizeBytes: 1.5 }],
    ['root', { root: undefined as never }],
    ['inputFiles', { inputFiles: '/a' as never }],
    ['filter', { filter: { include: '*' } as never }],
    ['includeEmptyDirs', { includeEmptyDirs: 'no' as never }],
    ['onUnreadable', { onUnreadable: 'skipp' as never }],
    ['onSpecialFile', { onSpecialFile: 'warn' as never }],
    ['onScan', { onScan: true as never }],
    ['concurrency', { concurrency: -1 }],
    ['concurrency', { concurrency: 1.5 }],
    ['maxInFlightFiles', { limits: { maxInFlightFiles: 0 } }],
  ])('names %s: %j', async (option, options) => {
    const failed = createManifest({ root: '/does/not/exist', ...options });
    await expect(failed).rejects.toMatchObject({ code: 'InvalidConfig' });
    await expect(failed).rejects.toThrow(option);
  });
});

it.each([0, 1, 2])('makes the same manifest with concurrency %d', async (concurrency) => {
  const root = plantTree(fresh(), TREE);
  const expected = { 'a.txt': hash('aaa'), 'bin/run.sh': hash('#!'), l: hash('aaa') };
  expect(await flat({ root, concurrency })).toEqual(expected);
});

it('takes no empty root for the working directory, and drops empty inputFiles', async () => {
  await expect(createManifest({ root: '' })).rejects.toMatchObject({ code: 'InvalidPath' });
  await expect(snapshotStructure({ root: '' })).rejects.toMatchObject({ code: 'InvalidPath' });
  await expect(snapshotDirectory({ root: '' })).rejects.toMatchObject({ code: 'InvalidPath' });
  const root = plantTree(fresh(), TREE);
  expect(Object.keys(await flat({ root, inputFiles: ['', join(root, 'a.txt')] }))).toEqual(['a.txt']);
});

describe('the hash cache', () => {
  it('spares the second run every read', async () => {
    const root = plantTree(fresh(), TREE);
    const hashCache = memoryHashCache();
    const reads: number[] = [];
    const counted: HashCache = {
      ...hashCache,
      store: (records) => {
        reads.push(records.length);
        hashCache.store(records);
      },
    };
    const first = await flat({ root, hashCache: counted });
    expect(reads.reduce((sum, count) => sum + count, 0)).toBe(3);
    reads.length = 0;
    // Were a file read, its digest would be another one: the content is changed behind the cache's back.
    const answers: HashCache = { ...counted, lookup: async (queries) => queries.map(() => 'f'.repeat(32)) };
    expect(Object.values(await flat({ root, hashCache: answers }))).toEqual(Array(3).fill('f'.repeat(32)));
    expect(reads).toEqual([]);
    expect(await flat({ root, hashCache })).toEqual(first);
  });
});

/** A cache that knows nothing, and lets a test act between the walk and the hashing. */
function between(act: () => void): HashCache {
  return {
    ...memoryHashCache(),
    lookup: async (queries) => {
      act();
      return queries.map(() => undefined);
    },
  };
}

describe('a file that changes', () => {
  it('between walk and hashing is recorded as it is then', async () => {
    const root = plantTree(fresh(), [{ path: 'a', type: 'file', content: 'old' }]);
    const hashCache = between(() => {
      writeFileSync(join(root, 'a'), 'newer');
      utimesSync(join(root, 'a'), 0, 7);
    });
    const manifest = await createManifest({ root, hashCache });
    expect(manifest).toMatchObject({
      totalSize: 5,
      paths: [{ path: 'a', hash: hash('newer'), size: 5, mtime: 7_000_000 }],
    });
  });

  it('by going away between walk and hashing is FileVanished', async () => {
    const root = plantTree(fresh(), files('a'));
    const hashCache = between(() => rmSync(join(root, 'a'), { force: true }));
    await expect(createManifest({ root, hashCache })).rejects.toMatchObject({
      code: 'FileVanished',
      path: join(root, 'a'),
    });
  });

  it('for as long as it is hashed is FileChanged', async () => {
    const root = plantTree(fresh(), files('a'));
    truncateSync(join(root, 'a'), 512 * 1024 * 1024);
    const writer = spawn('sh', ['-c', 'echo; while :; do printf x >> "$0"; done', join(root, 'a')]);
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve)); // a loaded machine starts it late
      await expect(createManifest({ root })).rejects.toMatchObject({
        code: 'FileChanged',
        path: join(root, 'a'),
      });
    } finally {
      writer.kill('SIGKILL');
    }
  }, 30_000);
});

describe('failures', () => {
  it('are all reported with `collect`, and there is no manifest', async () => {
    const root = plantTree(fresh(), files('a', 'b', 'c'));
    const hashCache = between(() => {
      rmSync(join(root, 'a'), { force: true });
      rmSync(join(root, 'c'), { force: true });
    });
    const failed = createManifest({ root, hashCache, onFileError: 'collect' });
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(CollectedError);
    const { errors } = error as CollectedError;
    expect(errors.map((each) => (each as { path: string }).path).sort()).toEqual([
      join(root, 'a'),
      join(root, 'c'),
    ]);
  });

  it.runIf(canBecomeNobody)('of mode 000 are FileUnreadable with the path', () => {
    const root = plantTree(fresh(), [{ path: 'a', type: 'file', mode: '000' }]);
    const outcome = asNobody(`
      import { createManifest } from ${JSON.stringify(compiled('presets/create-manifest.js'))};
      const { code, path } = await createManifest({ root: ${JSON.stringify(root)} }).catch((error) => error);
      console.log(JSON.stringify({ code, path }));
    `);
    expect(outcome).toEqual({ code: 'FileUnreadable', path: join(root, 'a') });
  });

  it('of the walk come through', async () => {
    const root = plantTree(fresh(), [{ path: 'pipe', type: 'fifo' }]);
    await expect(createManifest({ root, onSpecialFile: 'error' })).rejects.toMatchObject({
      code: 'NotAFile',
    });
    await expect(createManifest({ root: join(root, 'gone') })).rejects.toMatchObject({
      code: 'PathNotFound',
    });
  });
});

it('is cancelled by its signal, with statistics, and by a listener that answers false', async () => {
  const root = plantTree(fresh(), files('a', 'b'));
  const controller = new AbortController();
  const hashCache = between(() => controller.abort());
  const failed = createManifest({ root, hashCache, signal: controller.signal });
  await expect(failed).rejects.toBeInstanceOf(CancelledError);
  await expect(failed).rejects.toMatchObject({ partialStats: { processedFiles: 0 } });
  const many = plantTree(fresh(), files(...Array.from({ length: 2000 }, (_, index) => `f${index}`)));
  const stopped = createManifest({ root: many, onProgress: () => false, limits: { maxInFlightFiles: 4 } });
  await expect(stopped).rejects.toBeInstanceOf(CancelledError);
});

describe('snapshotStructure', () => {
  it('has every file, link and directory, and reads none', async () => {
    const root = plantTree(fresh(), TREE);
    rmSync(join(root, 'a.txt'));
    plantTree(root, [{ path: 'a.txt', type: 'file', content: 'aaa' }]);
    const structure = (await snapshotStructure({ root, version: 'v2025-12' })) as ManifestV2025;
    const full = await draft({ root });
    expect(structure).toEqual({
      ...full,
      files: full.files.map((file) => (file.symlinkTarget === undefined ? { ...file, hash: '' } : file)),
    });
  });

  it.each<[string, Partial<SnapshotOptions>, string[]]>([
    ['a filter', { filter: new GlobFilter({ include: '*.txt' }) }, ['a.txt']],
    ['followSymlinks', { followSymlinks: true }, ['a.txt', 'bin/run.sh', 'd/run.sh', 'l']],
    ['nothing selected', { filter: new GlobFilter({ include: 'x' }) }, []],
  ])('takes the options of a snapshot: %s', async (_case, options, paths) => {
    const manifest = (await snapshotStructure({
      root: plantTree(fresh(), TREE),
      ...options,
    })) as ManifestV2023;
    expect(manifest.paths.map(({ path, hash: digest }) => [path, digest])).toEqual(
      paths.map((path) => [path, '']),
    );
  });

  it('takes inputFiles and includeEmptyDirs too', async () => {
    const root = plantTree(fresh(), TREE);
    const given = (await snapshotStructure({
      root,
      inputFiles: [join(root, 'bin/run.sh')],
    })) as ManifestV2023;
    expect(given.paths.map(({ path }) => path)).toEqual(['bin/run.sh']);
    const options = { root, version: 'v2025-12', includeEmptyDirs: false } as const;
    expect(((await snapshotStructure(options)) as ManifestV2025).dirs).toEqual([{ path: 'bin' }]);
  });
});

describe('a structure is no manifest to build on', () => {
  it.each([true, false])('as base (forceRehash %s)', async (forceRehash) => {
    const root = plantTree(fresh(), files('a', 'b'));
    const base = (await snapshotStructure({ root })) as ManifestV2023;
    const changed = createManifest({ root, base, forceRehash });
    if (forceRehash) await expect(changed).rejects.toMatchObject({ code: 'HASH_STATE_MISMATCH' });
    else expect(await changed).toBeUndefined(); // by size and time
  });

  it.each(['v2023-03-03', 'v2025-12-04-beta'] as const)('to be written or uploaded (%s)', async (version) => {
    const root = plantTree(fresh(), files('a'));
    const manifest = await snapshotStructure({ root, version });
    const path = join(root, 'm.manifest');
    await expect(writeManifest(path, manifest)).rejects.toThrow();
    expect(readdirSync(root)).toEqual(['a']);
    const store = testStore();
    await expect(uploadManifestContents({ manifest, root, store })).rejects.toMatchObject({
      code: 'ManifestInvalid',
    });
    await expect(downloadManifestContents({ manifest, root: fresh(), store })).rejects.toMatchObject({
      code: 'ManifestInvalid',
    });
  });
});

describe('snapshotDirectory', () => {
  it('writes into the root by default, under a name made of the root and the time', async () => {
    const root = plantTree(fresh(), files('a'));
    const now = new Date(2026, 0, 2, 3, 4, 5);
    const written = await snapshotDirectory({ root, now });
    const name = snapshotFileName(root, undefined, now);
    expect(name).toBe(`${root.slice(1).replaceAll('/', '_')}-${hash(root)}-2026-01-02T03-04-05.manifest`);
    expect(written?.path).toBe(join(root, name));
    expect(decodeManifest(readFileSync(join(root, name)))).toMatchObject({ paths: [{ path: 'a' }] });
  });

  it('writes nothing when nothing is selected, or when a file fails', async () => {
    const root = plantTree(fresh(), files('a'));
    const destination = plantTree(fresh(), []);
    expect(
      await snapshotDirectory({ root, destination, filter: new GlobFilter({ include: 'x' }) }),
    ).toBeUndefined();
    const hashCache = between(() => rmSync(join(root, 'a'), { force: true }));
    await expect(snapshotDirectory({ root, destination, hashCache })).rejects.toMatchObject({
      code: 'FileVanished',
    });
    expect(readdirSync(destination)).toEqual([]);
  });
});
