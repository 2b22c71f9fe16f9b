import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { zipDirectory } from '../../../src/cli/output/zip-file.js';
import { tempDir } from '../../support/temp-dir.js';
import { unzip } from '../../support/unzip.js';

const base = tempDir('zip');

it('packs every file with content, name, mode and checksum', async () => {
  const tree = join(base, 'tree');
  mkdirSync(join(tree, 'sub/empty-dir'), { recursive: true });
  const large = Buffer.alloc(3_000_000, 'pattern-');
  writeFileSync(join(tree, 'a.txt'), 'one');
  writeFileSync(join(tree, 'sub/ü €.bin'), large);
  writeFileSync(join(tree, 'sub/none'), '');
  writeFileSync(join(tree, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(tree, 'run.sh'), 0o755);
  const path = join(base, 'packed.zip');
  writeFileSync(path, Buffer.alloc(10_000_000));
  await zipDirectory(tree, path);
  const entries = unzip(path);
  expect([...entries.keys()]).toEqual(['a.txt', 'run.sh', 'sub/none', 'sub/ü €.bin']);
  expect(entries.get('a.txt')?.content.toString()).toBe('one');
  expect(entries.get('sub/ü €.bin')?.content.equals(large)).toBe(true);
  expect(entries.get('run.sh')?.mode).toBe(statSync(join(tree, 'run.sh')).mode);
  expect(statSync(path).size).toBeLessThan(100_000);
});

it('writes an archive without entries', async () => {
  mkdirSync(join(base, 'nothing'));
  await zipDirectory(join(base, 'nothing'), join(base, 'empty.zip'));
  expect(unzip(join(base, 'empty.zip')).size).toBe(0);
});

it('stops when it is cancelled, and fails where nothing can be written', async () => {
  const path = join(base, 'never/there.zip');
  await expect(zipDirectory(join(base, 'tree'), path)).rejects.toMatchObject({ code: 'ENOENT' });
  const run = zipDirectory(join(base, 'tree'), join(base, 'stopped.zip'), AbortSignal.abort());
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
  expect(existsSync(path)).toBe(false);
});
