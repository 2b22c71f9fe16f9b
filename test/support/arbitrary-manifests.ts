/** Random trees as manifests, for laws of operations. Small alphabets, so that paths meet. */
import fc from 'fast-check';
import type { DirEntry, FileEntry, ManifestV2023, ManifestV2025 } from '../../src/model/manifest.js';
import { parentPaths } from '../../src/model/paths.js';
import { snapshot, v2023 } from './manifests.js';

const name = fc.constantFrom('a', 'b', 'c', '__proto__', '😀', 'ﬀ');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'));

const regular = fc.record({
  hash: fc.constantFrom('aa', 'bb', 'cc'),
  size: fc.integer({ min: 0, max: 3 }),
  mtime: fc.integer({ min: -2, max: 2 }),
  runnable: fc.boolean(),
});

function entryOf(
  at: string,
  content: { hash: string; size: number; mtime: number; runnable: boolean },
): FileEntry {
  const { runnable, ...rest } = content;
  return { path: at, ...rest, ...(runnable ? { runnable: true } : {}) };
}

/** Keeps what forms a tree: nothing at or below a file that came earlier, no file over a directory. */
function asTree(
  files: readonly FileEntry[],
  dirs: readonly string[],
): { files: FileEntry[]; dirs: DirEntry[] } {
  const taken = new Map<string, FileEntry>();
  const above = new Set<string>();
  for (const file of files) {
    if (taken.has(file.path) || above.has(file.path)) continue;
    if (parentPaths(file.path).some((parent) => taken.has(parent))) continue;
    taken.set(file.path, file);
    for (const parent of parentPaths(file.path)) above.add(parent);
  }
  const free = dirs.filter((dir) => ![dir, ...parentPaths(dir)].some((at) => taken.has(at)));
  return { files: [...taken.values()], dirs: [...new Set(free)].map((at) => ({ path: at })) };
}

/** Hashed relative snapshots without links. */
export const regularSnapshot: fc.Arbitrary<ManifestV2025> = fc
  .record({
    files: fc.array(fc.tuple(path, regular), { maxLength: 12 }),
    dirs: fc.array(path, { maxLength: 5 }),
  })
  .map(({ files, dirs }) => {
    const tree = asTree(
      files.map(([at, content]) => entryOf(at, content)),
      dirs,
    );
    return snapshot(tree.files, tree.dirs);
  });

/** The same with links, whose targets may be missing, directories, the root or each other. */
export const anySnapshot: fc.Arbitrary<ManifestV2025> = fc
  .record({
    files: fc.array(fc.tuple(path, fc.option(regular), fc.oneof(path, fc.constant('.'))), { maxLength: 14 }),
    dirs: fc.array(path, { maxLength: 5 }),
  })
  .map(({ files, dirs }) => {
    const entries = files.map(([at, content, symlinkTarget]) =>
      content === null ? { path: at, symlinkTarget } : entryOf(at, content),
    );
    const tree = asTree(entries, dirs);
    return snapshot(tree.files, tree.dirs);
  });

/** v2023 manifests, duplicates and wrong totals included. */
export const anyV2023: fc.Arbitrary<ManifestV2023> = fc
  .tuple(fc.array(fc.tuple(path, regular), { maxLength: 8 }), fc.nat(20))
  .map(([files, total]) =>
    v2023(
      files.map(([at, { hash, size, mtime }]) => ({ path: at, hash, size, mtime })),
      total,
    ),
  );
