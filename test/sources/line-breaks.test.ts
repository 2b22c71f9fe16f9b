import type { Dirent } from 'node:fs';
import { expect, it } from 'vitest';
import { disguise, reveal } from '../../src/sources/line-breaks.js';

class Entry {
  constructor(readonly name: string) {}
  isDirectory(): boolean {
    return true;
  }
}
const entry = (name: string): Dirent => new Entry(name) as unknown as Dirent;

it.each(['\n', '\r', '\u2028', '\u2029', 'a\r\nb', '\u2029\u{1f600}\n', '\n\n'])('%j comes back', (name) => {
  const { name: disguised } = disguise(entry(name));
  expect(disguised).not.toMatch(/[\n\r\u2028\u2029]/);
  expect(disguised).toHaveLength(name.length);
  expect(reveal(`d/${disguised}/e`)).toBe(`d/${name}/e`);
});

it('keeps what kind of entry it is', () => {
  const disguised = disguise(entry('a\nb'));
  expect(disguised.isDirectory()).toBe(true);
  expect(Object.keys(disguised)).toContain('name');
});

it('leaves every other name as it is', () => {
  const plain = entry('a b\u{1f600}\u{10fc0a}');
  expect(disguise(plain)).toBe(plain);
  expect(reveal(plain.name)).toBe(plain.name);
});
