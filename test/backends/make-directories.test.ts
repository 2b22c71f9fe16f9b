import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectories } from '../../src/backends/make-directories.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('make-directories');

it('makes a directory with those above it, also when several do at once', async () => {
  const path = join(base, 'a/b/c');
  await Promise.all([makeDirectories(path), makeDirectories(path), makeDirectories(join(base, 'a/b'))]);
  expect(statSync(path).isDirectory()).toBe(true);
  await makeDirectories(path);
});

it('goes through links to directories', async () => {
  mkdirSync(join(base, 'real'));
  symlinkSync(join(base, 'real'), join(base, 'link'));
  await makeDirectories(join(base, 'link'));
  await makeDirectories(join(base, 'link/below'));
  expect(statSync(join(base, 'real/below')).isDirectory()).toBe(true);
});

it.each(['file', 'file/below', 'file/further/below'])('refuses %s where a file stands', async (name) => {
  writeFileSync(join(base, 'file'), '');
  await expect(makeDirectories(join(base, name))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(existsSync('/proc'))('gives up where a directory takes none', async () => {
  await expect(makeDirectories('/proc/none/below')).rejects.toMatchObject({ code: 'ENOENT' });
});
