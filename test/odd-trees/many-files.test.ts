/** One directory of 100,000 files: submission and comparison. How fast they are is for the benchmarks. */
import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { testStore } from '../support/contents.js';
import { keysIn, manifestIn } from '../support/edge-cases.js';

/** In memory where there is such a place: on a disk under load, making and removing the files takes minutes. */
const PLACE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const COUNT = 100_000;
const CONTENTS = 16;

it('submits 100,000 files of one directory, each content once, and finds what changed', async () => {
  const root = mkdtempSync(join(PLACE, 'rx-attachments-many-files-'));
  onTestFinished(() => void execFileSync('rm', ['-rf', root])); // three times as fast as Node
  for (let index = 0; index < COUNT; index += 1) {
    const file = openSync(`${root}/f${index}`, 'w');
    writeSync(file, `${index % CONTENTS}`);
    closeSync(file);
  }
  const store = testStore();
  const hashCache = memoryHashCache();
  const { manifestKey, uploadStats } = await submitTree({ root, store, hashCache });
  expect(uploadStats).toMatchObject({ totalFiles: COUNT, processedFiles: CONTENTS });
  expect(await keysIn(store)).toHaveLength(CONTENTS + 1);
  const manifest = (await manifestIn(store, manifestKey)) as ManifestV2023;
  expect(manifest.paths).toHaveLength(COUNT);
  rmSync(`${root}/f777`);
  writeFileSync(`${root}/f1000`, 'changed');
  writeFileSync(`${root}/new`, '');
  const { added, modified, deleted, unchanged, stats } = await diffDirectory({ root, manifest });
  expect([added, modified, deleted].map((list) => list.map(({ path }) => path))).toEqual([
    ['new'],
    ['f1000'],
    ['f777'],
  ]);
  expect([unchanged.length, stats.filesScanned]).toEqual([COUNT - 2, COUNT]);
}, 120_000);
