import { expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { filterPaths } from '../../src/stages/filter-paths.js';
import { entry, failStage, runStage } from '../support/stages.js';

const items = ['a.txt', 'b.tmp', 'd/c.txt'].map((path) => entry(path));

it('keeps what the filter accepts, in order', async () => {
  const { values } = await runStage(filterPaths(new GlobFilter({ exclude: '**/*.tmp' })), items);
  expect(values.map(({ path }) => path)).toEqual(['a.txt', 'd/c.txt']);
});

it('gives the lease of what it drops back', async () => {
  const { balanced, count, error } = await failStage(filterPaths({ matches: () => false }), items);
  expect([balanced, count, error]).toEqual([true, 0, undefined]);
});

it('fails the item for which the filter throws', async () => {
  const cause = new Error('bad pattern');
  const matches = (): boolean => {
    throw cause;
  };
  expect(await failStage(filterPaths({ matches }), items)).toMatchObject({ error: cause, balanced: true });
});
