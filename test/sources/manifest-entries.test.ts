import { expect, it } from 'vitest';
import type { DownloadContent, DownloadPlan } from '../../src/model/download-plan.js';
import { MANIFEST_ENTRIES_DEFAULTS, manifestEntries } from '../../src/sources/manifest-entries.js';
import { testContext } from '../support/pipeline.js';

const content = (size: number): DownloadContent => ({
  kind: 'content',
  hashes: [String(size)],
  chunkSizeBytes: -1,
  size,
  targets: [{ path: `f${size}` }],
});

const plan: DownloadPlan = {
  directories: [{ kind: 'directory', path: 'd' }],
  contents: [content(5), content(50), content(10), content(11)],
  links: [{ kind: 'symlink', path: 'l', text: 'f5' }],
  deletions: [{ kind: 'deletion', path: 'x', directory: false }],
  totalFiles: 4,
  totalBytes: 76,
};

async function order(largeBytes?: number): Promise<unknown[]> {
  const found: unknown[] = [];
  const options = largeBytes === undefined ? {} : { largeBytes };
  for await (const item of manifestEntries(plan, options)(testContext())) {
    found.push(item.kind === 'content' ? item.size : item.kind);
  }
  return found;
}

it('gives directories, large contents, small ones, links, deletions', async () => {
  expect(await order(10)).toEqual(['directory', 50, 11, 5, 10, 'symlink', 'deletion']);
});

it('keeps the order of contents where none is large', async () => {
  expect(MANIFEST_ENTRIES_DEFAULTS.largeBytes).toBeGreaterThan(50);
  expect(await order()).toEqual(['directory', 5, 50, 10, 11, 'symlink', 'deletion']);
});
