import { describe, expect, it, vi } from 'vitest';
import type { ConflictResolution } from '../../src/model/conflict-resolution.js';
import type { DownloadContent, DownloadItem } from '../../src/model/download-plan.js';
import { type Occupant, resolveConflicts } from '../../src/stages/resolve-conflicts.js';
import { gates, turns } from '../support/pipeline.js';
import { failStage, runStage, subscribed } from '../support/stages.js';

const content = (...paths: readonly string[]): DownloadContent => ({
  kind: 'content',
  hashes: ['h'],
  chunkSizeBytes: -1,
  size: 5,
  targets: paths.map((path) => ({ path })),
});
const occupied =
  (occupants: Readonly<Record<string, Occupant>>) =>
  async (path: string): Promise<Occupant> =>
    occupants[path] ?? 'nothing';
const remaining = (items: readonly DownloadItem[]): unknown =>
  items.map((item) => (item.kind === 'content' ? item.targets.map(({ path }) => path) : item.kind));

describe.each<[ConflictResolution, Occupant, 'fetched' | 'skipped' | 'NotAFile']>([
  ['SKIP', 'nothing', 'fetched'],
  ['SKIP', 'file', 'skipped'],
  ['SKIP', 'symlink', 'skipped'],
  ['SKIP', 'other', 'skipped'],
  ['SKIP', 'directory', 'NotAFile'],
  ['OVERWRITE', 'nothing', 'fetched'],
  ['OVERWRITE', 'file', 'fetched'],
  ['OVERWRITE', 'symlink', 'fetched'],
  ['OVERWRITE', 'other', 'NotAFile'],
  ['OVERWRITE', 'directory', 'NotAFile'],
  ['CREATE_COPY', 'file', 'fetched'],
  ['CREATE_COPY', 'directory', 'fetched'],
])('%s with %s in the way', (mode, occupant, outcome) => {
  it(`is ${outcome}`, async () => {
    const stage = resolveConflicts(occupied({ a: occupant }), { mode });
    if (outcome === 'NotAFile') {
      const { error, balanced } = await failStage(stage, [content('a')]);
      expect(error).toMatchObject({ code: 'NotAFile', path: 'a' });
      expect(balanced).toBe(true);
      return;
    }
    const { values, counters } = await runStage(stage, [content('a')]);
    expect(remaining(values)).toEqual([outcome === 'fetched' ? ['a'] : []]);
    const skipped = outcome === 'skipped' ? 1 : undefined;
    expect(counters['skippedFiles']).toBe(skipped);
    expect(counters['files']).toBe(skipped);
    expect(counters['bytes']).toBe(skipped && 5);
    expect(counters['unfetchedBytes']).toBe(skipped && 5);
  });
});

it('takes single targets out of a content', async () => {
  const stage = resolveConflicts(occupied({ b: 'file' }), { mode: 'SKIP' });
  const item = content('a', 'b', 'c');
  expect(remaining((await runStage(stage, [item])).values)).toEqual([['a', 'c']]);
  expect(item.targets).toHaveLength(3);
});

it('leaves an identical file as it is, and asks about files only', async () => {
  const isIdentical = vi.fn(async (target: { path: string }) => target.path === 'same');
  const stage = resolveConflicts(occupied({ same: 'file', other: 'file', link: 'symlink' }), {
    mode: 'OVERWRITE',
    isIdentical,
  });
  const { values } = await runStage(stage, [content('same', 'other', 'link', 'new')]);
  expect(remaining(values)).toEqual([['other', 'link', 'new']]);
  expect(isIdentical.mock.calls.map(([target]) => target.path)).toEqual(['same', 'other']);
});

it('passes directories, links and deletions without looking', async () => {
  const inspect = vi.fn(occupied({}));
  const others: DownloadItem[] = [
    { kind: 'directory', path: 'd' },
    { kind: 'symlink', path: 'l', text: 'a' },
    { kind: 'deletion', path: 'x', directory: false },
  ];
  expect((await runStage(resolveConflicts(inspect, { mode: 'SKIP' }), others)).values).toEqual(others);
  expect(inspect).not.toHaveBeenCalled();
});

it('hands the error of the look on, and gives leases back', async () => {
  const cause = new Error('EACCES');
  const stage = resolveConflicts(() => Promise.reject(cause), { mode: 'SKIP' });
  expect(await failStage(stage, [content('a'), content('b')])).toMatchObject({
    error: cause,
    balanced: true,
  });
});

it('works on `concurrency` contents at once, and stops on unsubscribe', async () => {
  const { work, calls } = gates<string, Occupant>();
  const stage = resolveConflicts(work, { mode: 'SKIP', concurrency: 2 });
  const { subscription, leases } = subscribed(stage, [content('a'), content('b'), content('c')]);
  expect(calls.map(({ value }) => value)).toEqual(['a', 'b']);
  subscription.unsubscribe();
  for (const call of calls) call.gate.open('file');
  await turns(2);
  expect([leases.balanced, calls.length]).toEqual([true, 2]);
  expect(() => resolveConflicts(work, { mode: 'SKIP', concurrency: 0 })).toThrow(
    expect.objectContaining({ code: 'InvalidConfig' }),
  );
});
