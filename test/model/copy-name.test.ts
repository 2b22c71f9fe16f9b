import { describe, expect, it } from 'vitest';
import { copyName, copyPath, splitName } from '../../src/model/copy-name.js';

describe('copy names', () => {
  it.each([
    ['a.b/c', 1, 'a.b/c (1)'],
    ['d/archive.tar.gz', 12, 'd/archive.tar (12).gz'],
    ['.bashrc', 3, '.bashrc (3)'],
  ])('copyPath(%j, %i)', (path, n, copy) => {
    expect(copyPath(path, n)).toBe(copy);
  });

  it.each(['a.txt', '.', '..', 'x.', '.x', '', '\u{1f600}.exr'])('splits %j without loss', (name) => {
    const { stem, suffix } = splitName(name);
    expect(stem + suffix).toBe(name);
    expect(copyName(name, 1)).toBe(`${stem} (1)${suffix}`);
  });
});
