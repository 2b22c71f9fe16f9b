import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/model/manifest.js';
import {
  filterGroups,
  groupOutputs,
  mergeInOrder,
  pathsByRoot,
  type RootGroup,
  setRootPath,
} from '../../src/model/root-groups.js';
import { v2023, v2025 } from '../support/contents.js';

const file = (path: string, size = 1) => ({ path, size, hash: '0'.repeat(32), mtime: 1 });
const group = (root: string, ...paths: string[]): RootGroup => ({
  root,
  manifest: v2023(paths.map((p) => file(p))),
});
const output = (assetRoot: string, manifest: Manifest, folder: string, lastModified: number) => ({
  ...{ assetRoot, manifest },
  source: { key: `k/${folder}`, folder, size: 1, lastModified },
});

describe('groupOutputs', () => {
  it('keeps the order of discovery, and lets the newest entry win', () => {
    const groups = groupOutputs([
      output('/b', v2023([file('x', 1)]), 'f2', 5),
      output('/a', v2023([file('y', 2)]), 'f1', 1),
      output('/b', v2023([file('x', 3)]), 'f1', 5),
      output('/b', v2023([file('x', 4)]), 'f9', 4),
    ]);
    expect(groups.map(({ root }) => root)).toEqual(['/b', '/a']);
    expect(groups[0]?.manifest).toMatchObject({ totalSize: 1, paths: [file('x', 1)] }); // a tie: the greater folder
  });

  it('names the keys of manifests that cannot be merged', () => {
    const mixed = [output('/a', v2023([file('x')]), 'f1', 1), output('/a', v2025([file('y')]), 'f2', 2)];
    expect(() => groupOutputs(mixed)).toThrowError(
      expect.objectContaining({
        kind: 'ManifestInvalid',
        key: 'k/f1',
        message: expect.stringContaining('"k/f2"'),
        cause: expect.objectContaining({ code: 'VERSION_MISMATCH' }),
      }),
    );
  });

  it('takes a single 2025 manifest, and diffs that follow a snapshot', () => {
    const snapshot = v2025([file('a')]);
    expect(mergeInOrder([snapshot])).toBe(snapshot);
    const merged = mergeInOrder([snapshot, v2025([file('b')], { type: 'diff' })]);
    expect([...pathsByRoot([{ root: '/', manifest: merged }]).values()]).toEqual([['a', 'b']]);
  });
});

describe('filterGroups', () => {
  it('recomputes totals and drops groups without files', () => {
    const groups = [
      group('/a', 'x', 'y'),
      group('/b', 'x'),
      { root: '/c', manifest: v2025([file('y', 7), file('x')]) },
    ];
    const kept = filterGroups(groups, (_root, path) => path === 'y');
    expect(kept.map(({ root, manifest }) => [root, manifest.totalSize])).toEqual([
      ['/a', 1],
      ['/c', 7],
    ]);
  });
});

describe('setRootPath', () => {
  it('keeps a moved file whose prefixed name is taken as well', () => {
    const groups = [group('/a', 'f.txt', '_a_f (1).txt'), group('/b', 'f.txt', '_a_f.txt')];
    const [only, ...none] = setRootPath(groups, '/a', '/b');
    expect(none).toEqual([]);
    expect([...pathsByRoot(only ? [only] : []).values()][0]).toEqual([
      '_a_f (1).txt',
      '_a_f (2).txt',
      '_a_f.txt',
      'f.txt',
    ]);
    expect(only?.manifest.totalSize).toBe(4);
  });

  it('writes drives and backslashes of the old root as underscores', () => {
    const moved = setRootPath([group('C:\\p', 'd/f'), group('/b', 'd/f')], 'C:\\p', '/b');
    expect([...pathsByRoot(moved).values()]).toEqual([['d/C__p_f', 'd/f']]);
  });

  it('changes nothing that it was given', () => {
    const groups = Object.freeze([Object.freeze(group('/a', 'x')), Object.freeze(group('/b', 'x'))]);
    setRootPath(groups, '/a', '/b');
    expect(groups.map(({ root }) => root)).toEqual(['/a', '/b']);
  });

  it('refuses to put files of a 2025 manifest beside others', () => {
    const groups = [{ root: '/a', manifest: v2025([file('x')]) }, group('/b', 'y')];
    expect(() => setRootPath(groups, '/a', '/b')).toThrowError(
      expect.objectContaining({ kind: 'InvalidConfig', message: expect.stringContaining('"/a"') }),
    );
    expect(setRootPath(groups, '/a', '/c').map(({ root }) => root)).toEqual(['/c', '/b']);
  });
});
