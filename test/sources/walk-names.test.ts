import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GlobFilter } from '../../src/model/glob-filter.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots, walked } from '../support/walk.js';

const fresh = treeRoots('walk-names');

const NAMES: readonly (readonly [string, string])[] = [
  ['newline', 'a\nb'],
  ['carriage return', 'a\rb'],
  ['line separator', 'a\u2028b'],
  ['paragraph separator', 'a\u2029b'],
  ['all line breaks, also at both ends', '\n\r\u2028x\u2029\n'],
  ['nothing but a newline', '\n'],
  ['tab and bell', '\t\x07'],
  ['emoji', '\u{1f600}\u{1f468}\u200d\u{1f469}'],
  ['NFC', '\u00e9'],
  ['NFD', 'e\u0301'],
  ['a true replacement character', 'a\ufffdb'],
  ['255 bytes', 'x'.repeat(255)],
  ['255 bytes of three each', '\u20ac'.repeat(85)],
  ['class', '[x]'],
  ['braces', '{a,b}'],
  ['extended globs', '!(a)@(b)+(c)'],
  ['negation', '!a'],
  ['stars', '**'],
  ['question mark', '?'],
  ['backslash', 'a\\b'],
  ['dot and backslash', '.\\b'],
  ['leading dash', '-rf'],
  ['three dots', '...'],
  ['hidden', '.x'],
  ['two dots and more', '..x'],
  ['tilde', '~'],
  ['blanks', '  '],
  ['quote', '"\''],
  ['percent', '%41'],
  ['drive', 'C:'],
  ['prototype', '__proto__'],
];

describe.each([
  ['as files', (name: string) => name],
  ['as directories', (name: string) => `${name}/f`],
  ['below themselves', (name: string) => `${name}/${name}/${name}`],
])('names %s', (_how, path) => {
  it.each(NAMES)('%s', async (_case, name) => {
    const root = plantTree(fresh(), files(path(name)));
    const { entries, logged } = await walked(root);
    expect(entries.map((entry) => [entry.path, entry.sourcePath])).toEqual([
      [path(name), join(root, path(name))],
    ]);
    expect(logged).toEqual([]);
  });
});

it('keeps twins of one look apart', async () => {
  const root = plantTree(fresh(), files('\u00e9', 'e\u0301', 'K', '\u212a'));
  expect((await walked(root)).paths).toEqual(['\u00e9', 'e\u0301', 'K', '\u212a'].sort());
});

it('walks a root whose own path is odd', async () => {
  const root = join(plantTree(fresh(), []), 'a[1]{b,c}*\n!(x)\\');
  plantTree(root, files('d/a.txt', 'b.txt'));
  expect((await walked(root)).paths).toEqual(['b.txt', 'd/a.txt']);
  expect((await walked(root, { filter: new GlobFilter({ include: 'd/*' }) })).paths).toEqual(['d/a.txt']);
});

describe('a name that is not UTF-8', () => {
  const bad = (root: string, before: string, after = ''): Buffer =>
    Buffer.concat([Buffer.from(`${root}/${before}`), Buffer.from([0xff, 0x0a]), Buffer.from(after)]);
  const plantBad = (): string => {
    const root = plantTree(fresh(), files('ok.txt', 'd/ok.txt'));
    writeFileSync(bad(root, 'd/bad', '.tmp'), '');
    return root;
  };

  it('of a file ends the walk and shows the bytes', async () => {
    const root = plantBad();
    const path = `${realpathSync(root)}/d/bad\\xff\\x0a.tmp`;
    const refused = walked(root);
    await expect(refused).rejects.toMatchObject({ code: 'InvalidPath', path });
    await expect(refused).rejects.toThrow(path);
  });

  it('of a directory and of a link, too', async () => {
    const withDirectory = plantTree(fresh(), []);
    mkdirSync(bad(withDirectory, 'x'));
    await expect(walked(withDirectory)).rejects.toMatchObject({ code: 'InvalidPath' });
    const withLink = plantTree(fresh(), files('a'));
    symlinkSync('a', bad(withLink, 'l'));
    await expect(walked(withLink)).rejects.toMatchObject({ code: 'InvalidPath' });
  });

  it.each([
    ['by name', { exclude: '**/*.tmp' }],
    ['with its directory', { exclude: 'd/**' }],
    ['by an include', { include: '*.txt' }],
  ])('does not matter when it is excluded: %s', async (_case, rules) => {
    const { paths } = await walked(plantBad(), { filter: new GlobFilter(rules) });
    expect(paths).toContain('ok.txt');
  });

  it('beside one that truly holds U+FFFD is not taken for it', async () => {
    const root = plantTree(fresh(), files('a\ufffd'));
    expect((await walked(root)).paths).toEqual(['a\ufffd']);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.from([0xff])]), '');
    await expect(walked(root)).rejects.toMatchObject({ code: 'InvalidPath' });
  });

  it('is looked for once per directory, not once per name', async () => {
    const root = plantTree(fresh(), []);
    for (let index = 0; index < 3000; index += 1) writeFileSync(join(root, `\ufffd${index}`), '');
    const { entries } = await walked(root);
    expect(entries).toHaveLength(3000); // by one listing per name this took nine million reads
  });
});
