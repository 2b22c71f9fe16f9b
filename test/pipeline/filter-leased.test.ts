import { from, lastValueFrom, Subject, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { filterLeased } from '../../src/pipeline/filter-leased.js';
import type { Leased } from '../../src/pipeline/types.js';
import { leased, testContext } from '../support/pipeline.js';

it('keeps what passes with its lease and gives the others back at once', async () => {
  const releases = [vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const items = releases.map((release, value) => leased(value, release));
  const kept = await lastValueFrom(
    from(items).pipe(
      filterLeased(testContext(), (value) => value % 2 === 0),
      toArray(),
    ),
  );
  expect(kept).toEqual([items[0], items[2]]);
  expect(releases.map((release) => release.mock.calls.length)).toEqual([0, 1, 0, 1]);
});

it.each([
  ['stop', 1, []],
  ['collect', 0, ['odd value 1', 'odd value 3']],
] as const)('%s: a test that throws fails its item', (policy, errors, collected) => {
  const ctx = testContext({ onFileError: policy });
  const source = new Subject<Leased<number>>();
  const release = vi.fn();
  const error = vi.fn();
  const keep = (value: number): boolean => {
    if (value % 2 === 1) throw new Error(`odd value ${value}`);
    return true;
  };
  const next = ({ lease }: Leased<number>): void => lease.release();
  source.pipe(filterLeased(ctx, keep)).subscribe({ next, error });
  for (const value of [0, 1, 2, 3]) if (source.observed) source.next(leased(value, release));
  expect(error).toHaveBeenCalledTimes(errors);
  expect(release).toHaveBeenCalledTimes(policy === 'stop' ? 2 : 4);
  expect(ctx.failures.errors.map((problem) => (problem as Error).message)).toEqual(collected);
});
