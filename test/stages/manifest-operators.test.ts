import {
  EMPTY,
  firstValueFrom,
  from,
  lastValueFrom,
  type OperatorFunction,
  of,
  Subject,
  toArray,
} from 'rxjs';
import { expect, it } from 'vitest';
import { changedSinceBase } from '../../src/model/changed-since-base.js';
import { compareFiles, type FoundFile } from '../../src/model/compare-files.js';
import { compareManifests } from '../../src/model/compare-manifests.js';
import { composeManifests } from '../../src/model/compose-manifests.js';
import { convertManifest } from '../../src/model/convert.js';
import { diffManifests } from '../../src/model/diff-result.js';
import { diffSnapshots } from '../../src/model/diff-snapshots.js';
import { filterManifest } from '../../src/model/filter.js';
import { joinManifest } from '../../src/model/join.js';
import type { Manifest, ManifestV2023, ManifestV2025 } from '../../src/model/manifest.js';
import { mergeChronologically, mergeManifests, type TimedManifest } from '../../src/model/merge-manifests.js';
import { partitionManifest } from '../../src/model/partition.js';
import { ManifestPathGroup } from '../../src/model/path-groups.js';
import { subtreeManifest } from '../../src/model/subtree.js';
import * as ops from '../../src/stages/manifest-operators.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, diff, file, gone, link, snapshot, v2023 } from '../support/manifests.js';

const flat: ManifestV2023[] = deepFreeze([
  v2023([file('a'), file('b')]),
  v2023([file('b', 'bb')]),
  v2023([file('a')]),
]);
const [base = v2023([])] = flat;
const trees: ManifestV2025[] = deepFreeze([
  snapshot([file('p/a'), link('p/l', 'q/x'), file('q/x')], ['p/void'], { fileChunkSizeBytes: -1 }),
  snapshot([file('p/a', 'bb')], [], { fileChunkSizeBytes: -1 }),
]);
const [parent = snapshot([])] = trees;
const chain: ManifestV2025[] = [
  parent,
  diff([gone('p/a'), file('n')], [], { fileChunkSizeBytes: -1, parentManifestHash: 'c0ffee' }),
];
const keep = ({ path }: { path: string }) => path.startsWith('p/');

interface Row {
  readonly name: string;
  readonly input: readonly unknown[];
  readonly operator: OperatorFunction<never, unknown>;
  readonly expected: readonly unknown[];
}

function row<A, B>(
  name: string,
  input: readonly A[],
  operator: OperatorFunction<A, B>,
  expected: readonly B[],
): Row {
  return { name, input, operator: operator as unknown as OperatorFunction<never, unknown>, expected };
}

const timed: TimedManifest[] = flat.map((manifest, at) => ({ time: -at, manifest }));
const each = <A, B>(input: readonly A[], run: (value: A) => B): B[] => input.map(run);

it.each([
  row('merge', flat, ops.mergeManifestsOp(), [mergeManifests(flat)]),
  row('merge by time', timed, ops.mergeChronologicallyOp(), [mergeChronologically(timed)]),
  row('compose', chain, ops.composeManifestsOp({ verifyParent: 'c0ffee' }), [composeManifests(chain)]),
  row('path group', flat, ops.pathGroupOp(), [ManifestPathGroup.of(flat)]),
  row<Manifest, unknown>(
    'compare',
    flat,
    ops.compareManifestsOp(base),
    each(flat, (m) => compareManifests(base, m)),
  ),
  row<Manifest, unknown>(
    'diff',
    trees,
    ops.diffManifestsOp(parent),
    each(trees, (m) => diffManifests(parent, m)),
  ),
  row(
    'changes',
    flat,
    ops.changedSinceBaseOp(base),
    each(flat, (m) => changedSinceBase(base, m)),
  ),
  row(
    'diff of snapshots',
    trees,
    ops.diffSnapshotsOp(parent),
    each(trees, (m) => diffSnapshots(parent, m)),
  ),
  row(
    'subtree',
    trees,
    ops.subtreeManifestOp('p'),
    each(trees, (m) => subtreeManifest(m, 'p')),
  ),
  row(
    'subtree by policy',
    trees,
    ops.subtreeManifestOp('p', 'exclude_all'),
    each(trees, (m) => subtreeManifest(m, 'p', 'exclude_all')),
  ),
  row(
    'join',
    trees,
    ops.joinManifestOp('/j'),
    each(trees, (m) => joinManifest(m, '/j')),
  ),
  row(
    'partition',
    trees,
    ops.partitionManifestOp(['p']),
    each(trees, (m) => partitionManifest(m, ['p'])),
  ),
  row(
    'filter',
    trees,
    ops.filterManifestOp(keep),
    each(trees, (m) => filterManifest(m, keep)),
  ),
  row<Manifest, unknown>(
    'convert',
    trees,
    ops.convertManifestOp('v2023-03-03'),
    each(trees, (m) => convertManifest(m, 'v2023-03-03')),
  ),
])('$name gives what the pure function gives', async ({ input, operator, expected }) => {
  expect(await lastValueFrom(from(input as never[]).pipe(operator, toArray()))).toEqual(expected);
});

const found = (path: string, size = 1): FoundFile => ({ path, size, mtimeNs: 1000n });

it('compares files as they come, deletions at the end', async () => {
  const manifest = v2023([file('a'), file('b'), file('c')]);
  const files = [found('new'), found('a'), found('b', 9)];
  const source = new Subject<FoundFile>();
  const seen: unknown[] = [];
  source.pipe(ops.compareFilesOp(manifest)).subscribe((change) => seen.push(change));
  const expected = compareFiles(manifest, files);
  for (const [at, one] of files.entries()) {
    source.next(one);
    expect(seen).toEqual(expected.slice(0, [1, 1, 2][at]));
  }
  source.complete();
  expect(seen).toEqual(expected);
});

it('starts every subscription anew', async () => {
  const changes = of(found('a')).pipe(ops.compareFilesOp(v2023([file('a'), file('b')])), toArray());
  expect(await firstValueFrom(changes)).toEqual(await firstValueFrom(changes));
});

it('refuses a bad tolerance while composing', () => {
  expect(codeOf(() => ops.compareFilesOp(base, { toleranceUs: -1 }))).toBe('InvalidConfig');
});

it('ends the stream with the error of the function', async () => {
  await expect(lastValueFrom(EMPTY.pipe(ops.composeManifestsOp()))).rejects.toMatchObject({
    code: 'EMPTY_INPUT',
  });
  await expect(lastValueFrom(from(trees).pipe(ops.joinManifestOp('')))).rejects.toMatchObject({
    code: 'INVALID_PATH',
  });
  expect(await lastValueFrom(EMPTY.pipe(ops.mergeManifestsOp()))).toBeNull();
});
