import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { isDoubtful, NameCheck } from '../../src/sources/check-name.js';
import { treeRoots } from '../support/walk.js';

it.each([
  ['a', false],
  ['a\ufffd', true],
  ['d/\ufffd', true],
  ['\ufffd/a', false],
  ['', false],
])('isDoubtful(%j) is %s: the directories above were judged on their own', (path, expected) => {
  expect(isDoubtful(path)).toBe(expected);
});

it('tells bytes that are not UTF-8 from a true U+FFFD, and lets pass what is gone', async () => {
  const root = treeRoots('check-name')();
  mkdirSync(`${root}/d`, { recursive: true });
  writeFileSync(`${root}/d/true\ufffd`, '');
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
    writeFileSync(Buffer.concat([Buffer.from(`${root}/d/`), Buffer.from(bytes)]), '');
  }
  const shown = (path: string): string => `/shown/${path}`;
  const check = (path: string) => new NameCheck().check(root, path, shown);
  await expect(check('d/true\ufffd')).resolves.toBeUndefined();
  await expect(check('d/gone\ufffd')).resolves.toBeUndefined();
  await expect(check('gone/\ufffd')).resolves.toBeUndefined();
  for (const [path, text] of [
    ['d/\ufffd', '\\xff'],
    ['d/\ufffd\ufffd', '\\xc0\\xaf'],
    ['d/\ufffd\ufffd\ufffd', '\\xed\\xa0\\x80'],
    ['d/a\ufffd', 'a\\xe2\\x82'],
  ] as const) {
    await expect(check(path)).rejects.toMatchObject({ code: 'InvalidPath', path: `/shown/d/${text}` });
  }
});
