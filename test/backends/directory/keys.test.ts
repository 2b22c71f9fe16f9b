import { describe, expect, it } from 'vitest';
import { pathOfKey, scopeOfPrefix, segmentOfName } from '../../../src/backends/directory/keys.js';

const subject = (key: string) => ({ operation: 'putObject', bucket: 'b', key });
const path = (key: string, root = 'root', platform: NodeJS.Platform = 'linux') =>
  pathOfKey(root, subject(key), platform);

describe('pathOfKey', () => {
  it.each([
    ['root/Data/abc.xxh128', 'Data/abc.xxh128'],
    ['root/a', 'a'],
    ['root/...', '...'],
    ['root/.hidden/..x', '.hidden/..x'],
    ['root/x.metadata.json', 'x.metadata.json.key'],
    ['root/x.metadata.json.key', 'x.metadata.json.key.key'],
    ['root/x.metadata.json/y', 'x.metadata.json.key/y'],
    ['root/x.metadata.jsonl', 'x.metadata.jsonl'],
    ['root/.ja-x', '.ja-key.ja-x'],
    ['root/.ja-multipart/y', '.ja-key.ja-multipart/y'],
    ['root/.ja-key.ja-x.metadata.json', '.ja-key.ja-key.ja-x.metadata.json.key'],
  ])('%s is stored as %s, and back', (key, expected) => {
    expect(path(key)).toBe(expected);
    expect(expected.split('/').map(segmentOfName)).toEqual(key.slice('root/'.length).split('/'));
  });

  it('keeps a root prefix that ends in a slash', () => {
    expect(path('DeadlineCloud//Data/x', 'DeadlineCloud/')).toBe('Data/x');
  });

  it.each([
    'root',
    'root/',
    'roots/a',
    'other/a',
    '',
    '/root/a',
    'root//a',
    'root/a/',
    'root/a//b',
    'root/.',
    'root/..',
    'root/../a',
    'root/a/../b',
    'root/a/./b',
    'root/a/..',
  ])('%j is InvalidConfig', (key) => {
    expect(() => path(key)).toThrow(expect.objectContaining({ kind: 'InvalidConfig', key, bucket: 'b' }));
  });

  it.each([['root/a\0b'], ['root/\ud800x'], ['root/x\udc80']])('%j is InvalidPath', (key) => {
    expect(() => path(key)).toThrow(expect.objectContaining({ kind: 'InvalidPath' }));
  });

  it.each(['root/a\\b', 'root/a:b', 'root/a?', 'root/a./b', 'root/a '])(
    '%j is InvalidPath on Windows only',
    (key) => {
      expect(path(key)).toBe(key.slice('root/'.length));
      expect(() => path(key, 'root', 'win32')).toThrow(expect.objectContaining({ kind: 'InvalidPath' }));
    },
  );
});

describe('segmentOfName', () => {
  it.each([
    '.ja-0123456789abcdef.part',
    '.ja-multipart',
    '.ja-key',
    'x.metadata.json',
    '.metadata.json',
    '.ja-key.ja-x.metadata.json',
    'x.metadata.json.key.metadata.json',
    '.ja-x.metadata.json.key',
  ])("%s is the store's own", (name) => {
    expect(segmentOfName(name)).toBeUndefined();
  });
});

describe('scopeOfPrefix', () => {
  it.each([
    ['', '', 'root/'],
    ['ro', '', 'root/'],
    ['root/', '', 'root/'],
    ['root/a', '', 'root/'],
    ['root/a/', 'a', 'root/a/'],
    ['root/a/b/c', 'a/b', 'root/a/b/'],
    ['root/x.metadata.json/c', 'x.metadata.json.key', 'root/x.metadata.json/'],
  ])('%j walks %j', (prefix, folder, folderKey) => {
    expect(scopeOfPrefix('root', subject(prefix))).toEqual({ folder, folderKey, prefix });
  });

  it.each(['root//', 'root/../', 'root/a/../b', 'root/./a'])('%j matches nothing', (prefix) => {
    expect(scopeOfPrefix('root', subject(prefix))).toBeUndefined();
  });

  it.each(['other', 'roots', 'root2/a'])('%j is InvalidConfig', (prefix) => {
    expect(() => scopeOfPrefix('root', subject(prefix))).toThrow(
      expect.objectContaining({ kind: 'InvalidConfig' }),
    );
  });
});
