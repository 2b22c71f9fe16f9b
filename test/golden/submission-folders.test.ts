/** The snapshot and diff of folders, with the rules of the commands, against the golden data on real trees. */
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { DiffResult } from '../../src/model/diff-result.js';
import { parseGlobConfig } from '../../src/model/glob-config.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { Manifest, ManifestV2023 } from '../../src/model/manifest.js';
import { snapshotDirectory } from '../../src/presets/create-manifest.js';
import { type DiffDirectoryOptions, diffDirectory } from '../../src/presets/diff-directory.js';
import { golden, goldenDocument } from '../support/golden.js';
import { type FixtureV2023, manifestV2023 } from '../support/golden-manifests.js';
import { tempDir } from '../support/temp-dir.js';
import { type DiskNode, plantTree } from '../support/tree-on-disk.js';

const base = realpathSync(tempDir('golden-folders'));
let count = 0;
const fresh = (): string => {
  count += 1;
  return join(base, String(count));
};

interface SnapshotDocument {
  readonly tree: readonly DiskNode[];
  readonly mtimeSeconds: number;
}
interface SnapshotCase {
  readonly include?: string[];
  readonly exclude?: string[];
  readonly includeExcludeConfig?: string;
  readonly manifestName?: string;
  readonly diffAgainst?: FixtureV2023;
  readonly forceRehash?: boolean;
  readonly expected: { readonly fileName: string; readonly manifest: string } | null;
}

const TIMESTAMP = /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d/;

/** As the fixtures write a value that the test fills in. */
const placeholder = (name: string): string => ['$', '{', name, '}'].join('');

function named(pattern: string, root: string): string {
  return pattern
    .replace(placeholder('ROOT_WITH_UNDERSCORES'), root.replaceAll('/', '_').replace(/^_/, ''))
    .replace(placeholder(`XXH128:${placeholder('ROOT')}`), xxh128(Buffer.from(root, 'utf8')));
}

golden<SnapshotCase, SnapshotDocument>('submission/snapshot.json', async (c, document) => {
  const root = plantTree(fresh(), document.tree, document.mtimeSeconds);
  const destination = plantTree(fresh(), []);
  const config = c.includeExcludeConfig;
  const patterns = config === undefined ? c : parseGlobConfig(config, () => undefined);
  const { include = [], exclude = [] } = patterns;
  const { manifestName: name, diffAgainst, forceRehash, expected } = c;
  const written = await snapshotDirectory({
    root,
    destination,
    filter: new GlobFilter({ include, exclude, dot: false }),
    symlinks: 'collapse_all',
    ...(name !== undefined && { name }),
    ...(diffAgainst && { base: manifestV2023(diffAgainst) }),
    ...(forceRehash && { forceRehash }),
  });
  const found = readdirSync(destination);
  if (expected === null) {
    expect([written, found]).toEqual([undefined, []]);
    return;
  }
  const [fileName = ''] = found;
  expect(found).toHaveLength(1);
  expect(fileName).toMatch(TIMESTAMP);
  expect(fileName.replace(TIMESTAMP, placeholder('TIMESTAMP'))).toBe(named(expected.fileName, root));
  expect(written?.path).toBe(join(destination, fileName));
  expect(readFileSync(join(destination, fileName), 'utf8')).toBe(expected.manifest);
});

goldenDocument<SnapshotDocument>('submission/snapshot.json', ({ tree, mtimeSeconds }) => {
  expect(tree.some(({ type }) => type === 'fifo')).toBe(true);
  expect(mtimeSeconds).toBeGreaterThan(0);
});

interface Lists {
  readonly new: string[];
  readonly modified: string[];
  readonly deleted: string[];
  readonly unchanged?: string[];
}
interface DiffCase {
  readonly tree: readonly DiskNode[];
  readonly manifest: FixtureV2023;
  readonly expectedFast: Lists;
  readonly expectedHash: Lists;
  readonly expectedFastByCommand?: Lists;
}

function listed(result: DiffResult, withUnchanged: boolean): Lists {
  const paths = (entries: readonly { readonly path: string }[]) => entries.map(({ path }) => path);
  return {
    new: paths(result.added),
    modified: paths(result.modified),
    deleted: paths(result.deleted),
    ...(withUnchanged && { unchanged: paths(result.unchanged) }),
  };
}

/** The fixtures list in no promised order; ours is sorted. */
function sorted(lists: Lists): Lists {
  return Object.fromEntries(Object.entries(lists).map(([name, paths]) => [name, [...paths].sort()])) as never;
}

golden<DiffCase>('submission/folder-diff.json', async (c) => {
  const root = plantTree(fresh(), c.tree);
  const manifest: Manifest = manifestV2023(c.manifest) satisfies ManifestV2023;
  const diff = (options: Partial<DiffDirectoryOptions>) => diffDirectory({ root, manifest, ...options });
  const byCommand = {
    filter: new GlobFilter({ dot: false }),
    symlinks: 'collapse_all',
    filterScope: 'disk',
  } as const;
  const fast = await diff({});
  expect(listed(fast, false)).toEqual(sorted(c.expectedFast));
  expect(fast.stats.filesHashed).toBe(0);
  const unchanged = c.expectedHash.unchanged !== undefined;
  expect(listed(await diff({ forceRehash: true }), unchanged)).toEqual(sorted(c.expectedHash));
  const command = listed(await diff(byCommand), false);
  expect(command).toEqual(sorted(c.expectedFastByCommand ?? c.expectedFast));
  // With both sides filtered nothing that the filter leaves out may be reported.
  const both = listed(await diff({ ...byCommand, filterScope: 'both' }), false);
  const visible = command.deleted.filter((path) => byCommand.filter.matches(path));
  expect(both).toEqual({ ...command, deleted: visible });
});
