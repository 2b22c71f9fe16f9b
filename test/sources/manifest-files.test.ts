import { realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileEntry, Manifest } from '../../src/model/manifest.js';
import { createFailures } from '../../src/pipeline/failures.js';
import { type ManifestFilesOptions, manifestFiles } from '../../src/sources/manifest-files.js';
import { manifestV2023, manifestV2025 } from '../support/golden-manifests.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';
import { collected, treeRoots } from '../support/walk.js';

const fresh = treeRoots('manifest-files');
const hash = 'a'.repeat(32);
const flat = (...paths: readonly string[]): Manifest =>
  manifestV2023({ paths: paths.map((path) => ({ path, hash, size: 0, mtime: 1 })) });
const draft = (...entries: readonly FileEntry[]): Manifest =>
  manifestV2025('v2025-12', {
    type: 'diff',
    hashAlg: 'xxh128',
    totalSize: 0,
    dirs: [{ path: 'd' }],
    files: entries,
  });
const source = (root: string, manifest: Manifest, options: ManifestFilesOptions = {}) =>
  collected(manifestFiles(root, manifest, options));

it('gives files their digests of the manifest, in its order, links followed', async () => {
  const root = plantTree(fresh(), [...files('a', 'd/b'), link('l', 'd/b')]);
  const { entries } = await source(root, flat('l', 'd/b', 'a'));
  expect(entries.map(({ path, hashes, hashedBy }) => [path, hashes, hashedBy])).toEqual(
    ['l', 'd/b', 'a'].map((path) => [path, [hash], 'manifest']),
  );
  expect(entries[0]?.sourcePath).toBe(join(realpathSync(root), 'd/b'));
  expect(entries[0]?.mtimeNs).toBe(1_700_000_000_000_000_000n);
});

it('takes chunk digests, and leaves deletions, links and directories out', async () => {
  const root = plantTree(fresh(), [{ path: 'big', type: 'file', content: 'abc' }]);
  const chunkhashes = [hash, 'b'.repeat(32)];
  const { entries } = await source(
    root,
    draft(
      { path: 'big', chunkhashes, size: 3, mtime: 1 },
      { path: 'gone', deleted: true },
      { path: 'l', symlinkTarget: 'big' },
    ),
  );
  expect(entries).toMatchObject([{ path: 'big', hashes: chunkhashes, size: 3 }]);
});

describe('before any file is opened', () => {
  it.each([
    ['a path above the root', flat('a', '../x'), 'PathOutsideRoot', '../x'],
    ['an absolute path', flat('/etc/passwd'), 'PathOutsideRoot', '/etc/passwd'],
    ['a file without hash', draft({ path: 'a', size: 0, mtime: 1 }), 'ManifestInvalid', 'a'],
  ])('%s is refused', async (_case, manifest, code, path) => {
    await expect(source('/does/not/exist', manifest)).rejects.toMatchObject({ code, path });
  });

  it('the root is judged', async () => {
    await expect(source(fresh(), flat('a'))).rejects.toMatchObject({ code: 'PathNotFound' });
  });
});

const BAD: readonly (readonly [string, string, string])[] = [
  ['is gone', 'gone', 'FileVanished'],
  ['has a file where its directory was', 'a/x', 'FileVanished'],
  ['is a directory', 'd', 'NotAFile'],
  ['has another size', 'grown', 'FileChanged'],
];
const plantBad = (): string =>
  plantTree(fresh(), [...files('a', 'd/b'), { path: 'grown', type: 'file', content: 'more' }]);

it.each(BAD)('a file that %s fails with its path', async (_case, name, code) => {
  const root = plantBad();
  await expect(source(root, flat(name))).rejects.toMatchObject({ code, path: join(root, name) });
});

it('with collected failures goes on behind each', async () => {
  const root = plantBad();
  const failures = createFailures('collect');
  const { paths } = await collected(manifestFiles(root, flat('a', ...BAD.map(([, name]) => name), 'd/b')), {
    failures,
  });
  expect(paths).toEqual(['a', 'd/b']);
  expect(failures.errors.map((error) => (error as { code: string }).code)).toEqual(
    BAD.map(([, , code]) => code),
  );
});

describe('a link out of the root', () => {
  const plant = (): { root: string; base: string } => {
    const base = fresh();
    plantTree(base, files('out/x'));
    return { base, root: plantTree(join(base, 'root'), [link('l', '../out/x'), link('d', '../out')]) };
  };

  it.each(['l', 'd/x'])('is followed for inputs: %s', async (path) => {
    const { root, base } = plant();
    const { entries } = await source(root, flat(path));
    expect(entries).toMatchObject([{ path, sourcePath: join(base, 'out/x') }]);
  });

  it.each(['l', 'd/x'])('is SymlinkEscape for outputs: %s', async (path) => {
    const { root } = plant();
    const refused = source(root, flat(path), { escapingLinks: 'error' });
    await expect(refused).rejects.toMatchObject({ code: 'SymlinkEscape', path: join(root, path) });
  });
});

it('looks at each file shortly before its turn', async () => {
  const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
  const root = plantTree(fresh(), files(...names));
  const failures = createFailures('collect');
  let seen = 0;
  const run = collected((ctx) => watched(manifestFiles(root, flat(...names))(ctx)), { failures });
  async function* watched<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    for await (const item of items) {
      seen += 1;
      if (seen === 1) rmSync(join(root, 'f99'));
      yield item;
    }
  }
  expect((await run).entries).toHaveLength(99);
  expect(failures.errors).toMatchObject([{ code: 'FileVanished', path: join(root, 'f99') }]);
});
