import { from, lastValueFrom, map, take, toArray } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { branch } from '../../src/pipeline/branch.js';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import type { Stage } from '../../src/pipeline/types.js';
import { leased, numbers, testContext } from '../support/pipeline.js';

const label =
  (name: string): Stage<number, string> =>
  (ctx) =>
    mapLeased(ctx, 2, async (value) => `${name} ${value}`);
const even = (value: number): boolean => value % 2 === 0;
const items = (count: number, release: () => void) =>
  from([...numbers(count)].map((value) => leased(value, release)));
const values = map(({ value, lease }: ReturnType<typeof leased<string>>) => {
  lease.release();
  return value;
});

it('sends each item one way and brings both together', async () => {
  const release = vi.fn();
  const stage = branch(even, label('even'), label('odd'))(testContext());
  const result = await lastValueFrom(items(4, release).pipe(stage, values, toArray()));
  expect(result.sort()).toEqual(['even 0', 'even 2', 'odd 1', 'odd 3']);
  expect(release).toHaveBeenCalledTimes(4);
});

it.each(['stop', 'collect'] as const)(
  '%s: a test that throws fails its item and loses none',
  async (policy) => {
    const ctx = testContext({ onFileError: policy });
    const release = vi.fn();
    const test = (value: number): boolean => {
      if (value === 2) throw new Error('undecided');
      return even(value);
    };
    const result = lastValueFrom(
      items(5, release).pipe(branch(test, label('even'), label('odd'))(ctx), values, toArray()),
    );
    if (policy === 'stop') await expect(result).rejects.toThrow('undecided');
    else expect((await result).sort()).toEqual(['even 0', 'even 4', 'odd 1', 'odd 3']);
    await vi.waitFor(() => expect(release).toHaveBeenCalledTimes(5));
  },
);

it('gives back what would go a way that has ended', async () => {
  const release = vi.fn();
  const short: Stage<number, string> = (ctx) => (source) => source.pipe(label('even')(ctx), take(1));
  const stage = branch(even, short, label('odd'))(testContext());
  const result = await lastValueFrom(items(6, release).pipe(stage, values, toArray()));
  expect(result.filter((value) => value.startsWith('odd'))).toHaveLength(3);
  await vi.waitFor(() => expect(release).toHaveBeenCalledTimes(6));
});
