/** One look per path and run, on a real disk whose calls are counted. */
import {
  promises as fs,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isBroken, isRegular, StatCache } from '../../src/sources/stat-cache.js';
import { tempDir } from '../support/temp-dir.js';
import { setMtimeNs } from '../support/tree-on-disk.js';

const base = tempDir('stat-cache');
let count = 0;
let root = '';
beforeEach(() => {
  count += 1;
  root = join(base, `${count}`);
  mkdirSync(join(root, 'dir'), { recursive: true });
  writeFileSync(join(root, 'file'), '12345');
  setMtimeNs(join(root, 'file'), -1n);
  symlinkSync('file', join(root, 'to-file'));
  symlinkSync('dir', join(root, 'to-dir'));
  symlinkSync('gone', join(root, 'broken'));
  symlinkSync('circle', join(root, 'circle'));
});
afterEach(() => vi.restoreAllMocks());

const at = (name: string): string => join(root, name);
const own = (name: string): number => lstatSync(at(name)).mode;
const target = (name: string): number => statSync(at(name)).mode;

it.each([
  ['file', { exists: true, isDir: false, isSymlink: false, size: 5, mtimeUs: -1 }, target],
  ['to-file', { exists: true, isDir: false, isSymlink: true, size: 5, mtimeUs: -1 }, target],
  ['dir', { exists: true, isDir: true, isSymlink: false }, target],
  ['to-dir', { exists: true, isDir: true, isSymlink: true }, target],
  ['broken', { exists: false, isDir: false, isSymlink: true, size: 0 }, own],
  ['circle', { exists: false, isDir: false, isSymlink: true, size: 0 }, own],
])('tells of %s what is behind it', async (name, expected, mode) => {
  const cache = new StatCache();
  const path = at(name);
  const found = {
    exists: await cache.exists(path),
    isDir: await cache.isDir(path),
    isSymlink: await cache.isSymlink(path),
    size: await cache.size(path),
    mtimeUs: await cache.mtimeUs(path),
  };
  expect(found).toMatchObject(expected);
  expect(await cache.stat(path)).toMatchObject({ mode: mode(name), isDir: expected.isDir });
});

it.each(['gone', 'file/below', 'gone/below'])('knows that nothing is at %s', async (name) => {
  const cache = new StatCache();
  expect(await cache.stat(at(name))).toBeUndefined();
  const { exists, isDir, isSymlink } = cache;
  for (const ask of [exists, isDir, isSymlink]) expect(await ask.call(cache, at(name))).toBe(false);
  expect([await cache.size(at(name)), await cache.mtimeUs(at(name))]).toEqual([undefined, undefined]);
});

it('tells regular files and broken links from all others', async () => {
  const cache = new StatCache();
  const kinds = async (name: string) => {
    const stat = await cache.stat(at(name));
    return stat && [isRegular(stat), isBroken(stat)];
  };
  expect(await kinds('to-file')).toEqual([true, false]);
  expect(await kinds('broken')).toEqual([false, true]);
  expect(await kinds('dir')).toEqual([false, false]);
  const device = (await cache.stat('/dev/null')) ?? { mode: 0 };
  expect([isRegular(device as never), isBroken(device as never)]).toEqual([false, false]);
});

describe('asks the system', () => {
  it('once, also for those who ask at the same time and for what is not there', async () => {
    const lstat = vi.spyOn(fs, 'lstat');
    const stat = vi.spyOn(fs, 'stat');
    const cache = new StatCache();
    await Promise.all([cache.size(at('to-file')), cache.isDir(at('to-file')), cache.exists(at('to-file'))]);
    await Promise.all([cache.exists(at('gone')), cache.exists(at('gone'))]);
    await cache.exists(at('gone'));
    expect([lstat.mock.calls.length, stat.mock.calls.length]).toEqual([2, 1]);
  });

  it('again after clear, and never without', async () => {
    const cache = new StatCache();
    expect(await cache.size(at('file'))).toBe(5);
    unlinkSync(at('file'));
    expect(await cache.exists(at('file'))).toBe(true);
    cache.clear();
    expect(await cache.exists(at('file'))).toBe(false);
  });

  it('again about the path that was asked about longest ago, when there are too many', async () => {
    const lstat = vi.spyOn(fs, 'lstat');
    const cache = new StatCache({ paths: 2 });
    for (const name of ['file', 'dir', 'file', 'gone', 'file', 'dir']) await cache.exists(at(name));
    expect(lstat.mock.calls.map(([path]) => path)).toEqual(['file', 'dir', 'gone', 'dir'].map(at));
  });

  it('again after it failed', async () => {
    const cache = new StatCache();
    const path = at('x'.repeat(256));
    const failure = { code: 'PathTooLong', path };
    await expect(cache.stat(path)).rejects.toMatchObject(failure);
    const lstat = vi.spyOn(fs, 'lstat');
    await expect(cache.stat(path)).rejects.toMatchObject(failure);
    expect(lstat).toHaveBeenCalledOnce();
  });

  it('of a thousand paths and more, and keeps the last 1024', async () => {
    const lstat = vi.spyOn(fs, 'lstat');
    const cache = new StatCache();
    const names = Array.from({ length: 1100 }, (_, index) => at(`${index}`));
    await Promise.all(names.map((name) => cache.exists(name)));
    await Promise.all(names.slice(-1024).map((name) => cache.exists(name)));
    expect(lstat).toHaveBeenCalledTimes(1100);
    await cache.exists(names[0] as string);
    expect(lstat).toHaveBeenCalledTimes(1101);
  });
});
