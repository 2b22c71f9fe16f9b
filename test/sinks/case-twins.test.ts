/** A file system that does not tell upper from lower case, made of a path function that does not either. */
import { promises as fs, mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ConflictResolution } from '../../src/model/conflict-resolution.js';
import { CaseTwins } from '../../src/sinks/case-twins.js';
import { claimName } from '../../src/sinks/claim-name.js';
import { TargetTree } from '../../src/sinks/target-tree.js';
import { read, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('case-twins');

async function place(paths: readonly string[], mode: ConflictResolution, insensitive: boolean) {
  const root = writeTree(mkdtempSync(join(base, 'case-')), { file: 'old' });
  const tree = await TargetTree.open(root);
  if (insensitive) {
    const exact = tree.filePath.bind(tree);
    tree.filePath = (path) => exact(path.toLowerCase());
  }
  const warnings: string[] = [];
  const twins = new CaseTwins((message) => warnings.push(message));
  const copies = new Map<string, number>();
  const names = await Promise.all(
    paths.map(async (path, index) => {
      const temporary = join(root, `.temporary-${index}`);
      await fs.writeFile(temporary, path);
      const claim = (how: ConflictResolution) => claimName(tree, temporary, path, how, copies);
      return twins.claim(tree, path, path.toLowerCase(), mode, claim);
    }),
  );
  return { root, names, warnings, files: readdirSync(root).sort() };
}

it('loses none of two files that are one name on the disk', async () => {
  const { root, names, warnings, files } = await place(['File', 'file', 'FILE'], 'OVERWRITE', true);
  expect(files).toHaveLength(3);
  expect(files.map((name) => read(root, name)).sort()).toEqual(['FILE', 'File', 'file']);
  expect(new Set(names.map((name) => name?.toLowerCase())).size).toBe(3);
  expect(warnings).toHaveLength(2);
});

it('leaves both where they are two names', async () => {
  const { root, names, warnings } = await place(['File', 'file'], 'OVERWRITE', false);
  expect(names).toEqual(['File', 'file']);
  expect([read(root, 'File'), read(root, 'file')]).toEqual(['File', 'file']);
  expect(warnings).toEqual([]);
});

it.each(['CREATE_COPY', 'SKIP'] as const)('leaves %s to the claim', async (mode) => {
  const { files } = await place(['File', 'file'], mode, true);
  expect(files).toHaveLength(mode === 'SKIP' ? 1 : 3);
});
