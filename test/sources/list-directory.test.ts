import type { Dirent } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listDirectory } from '../../src/sources/list-directory.js';
import { canCountDescriptors, openBelow } from '../support/descriptors.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('list-directory');

function plant(fileCount: number, dirCount: number): string {
  const root = fresh();
  mkdirSync(root);
  for (let index = 0; index < fileCount; index += 1) writeFileSync(join(root, `f${index}`), '');
  for (let index = 0; index < dirCount; index += 1) mkdirSync(join(root, `d${index}`));
  return root;
}

async function list(root: string, limit: number, stopAfter = Number.POSITIVE_INFINITY) {
  const spilled: Dirent[] = [];
  const batches: number[] = [];
  const kept = await listDirectory(root, {
    limit,
    spill: async (entries) => {
      batches.push(entries.length);
      spilled.push(...entries);
    },
    stopped: () => spilled.length >= stopAfter,
  });
  if (canCountDescriptors) expect(openBelow(root)).toEqual([]);
  return { kept: kept.map(({ name }) => name), spilled: spilled.map(({ name }) => name), batches };
}

it('answers with all entries of a directory below the limit', async () => {
  const { kept, spilled } = await list(plant(5, 3), 9);
  expect([kept.length, spilled]).toEqual([8, []]);
  expect((await list(plant(0, 0), 1)).kept).toEqual([]);
});

it('spills the files of a larger one in batches and answers with its directories', async () => {
  const { kept, spilled, batches } = await list(plant(3000, 20), 500);
  expect(kept.sort()).toEqual(Array.from({ length: 20 }, (_, index) => `d${index}`).sort());
  expect(new Set(spilled).size).toBe(3000);
  expect(Math.max(...batches)).toBeLessThanOrEqual(1024);
});

it('reads no more when it is stopped, and closes', async () => {
  const { spilled } = await list(plant(3000, 0), 100, 1);
  expect(spilled).toHaveLength(100);
});

it('rejects with the error of the system', async () => {
  await expect(list(join(fresh(), 'gone'), 10)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('closes when spilling fails', async () => {
  const root = plant(20, 0);
  const failed = new Error('full');
  const listing = listDirectory(root, {
    limit: 5,
    spill: () => Promise.reject(failed),
    stopped: () => false,
  });
  await expect(listing).rejects.toBe(failed);
  if (canCountDescriptors) expect(openBelow(root)).toEqual([]);
});
