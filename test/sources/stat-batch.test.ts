import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STAT_STRIDE, statMany } from '../../src/sources/stat-batch.js';
import { files, link, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const signal = new AbortController().signal;

it('answers in order, without following links, with an errno name where it could not look', async () => {
  const root = plantTree(treeRoots('stat-batch')(), [...files('a', 'b'), link('l', 'a')]);
  const paths = ['a', 'gone', 'l', 'a/x', 'b'].map((name) => join(root, name));
  const { rows, errors } = await statMany(paths, { signal });
  expect(rows).toHaveLength(5 * STAT_STRIDE);
  expect([...errors].sort()).toEqual([
    [1, 'ENOENT'],
    [3, 'ENOTDIR'],
  ]);
  for (const index of [0, 2, 4]) {
    const { mode, size, mtimeNs, ctimeNs, dev, ino } = lstatSync(paths[index] ?? '', { bigint: true });
    const row = rows.subarray(index * STAT_STRIDE, (index + 1) * STAT_STRIDE);
    expect([...row]).toEqual([mode, size, mtimeNs, ctimeNs, dev, ino]);
  }
});

it('of nothing answers nothing', async () => {
  expect((await statMany([], { signal })).rows).toHaveLength(0);
});
