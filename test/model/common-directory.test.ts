import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CommonDirectory } from '../../src/model/common-directory.js';

function commonOf(files: readonly string[], directories: readonly string[] = []): string {
  const common = new CommonDirectory();
  for (const path of files) common.add(path);
  for (const path of directories) common.addDirectory(path);
  return common.path;
}

it.each<[readonly string[], string]>([
  [[], ''],
  [['a'], ''],
  [['d/a'], 'd'],
  [['d/e/f/a'], 'd/e/f'],
  [['d/e/a', 'd/e/b'], 'd/e'],
  [['d/e/a', 'd/f/b'], 'd'],
  [['d/e/a', 'd/ef/b'], 'd'],
  [['d/a', 'd/e/f/b'], 'd'],
  [['d/e/f/b', 'd/a'], 'd'],
  [['d/a', 'e/b'], ''],
  [['d/a', 'b'], ''],
  [['de/a', 'd/a'], ''],
  [['ä/é/x', 'ä/é/y'], 'ä/é'],
])('files %j lie in %j', (files, expected) => {
  expect(commonOf(files)).toBe(expected);
});

it.each<[readonly string[], readonly string[], string]>([
  [['d/e/a'], ['d/e'], 'd/e'],
  [['d/e/a'], ['d'], 'd'],
  [['d/e/a'], ['d/e/f'], 'd/e'],
  [['d/e/a'], ['.'], ''],
  [[], ['d/e'], 'd/e'],
])('files %j and directories %j lie in %j', (files, directories, expected) => {
  expect(commonOf(files, directories)).toBe(expected);
});

it('is the longest directory that begins every path, in any order', () => {
  const names = fc.constantFrom('a', 'ab', 'b', 'a b');
  const path = fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(fc.array(path, { minLength: 1, maxLength: 6 }), (paths) => {
      const common = commonOf(paths);
      const prefix = common === '' ? '' : `${common}/`;
      expect(paths.every((each) => each.startsWith(prefix))).toBe(true);
      const rests = paths.map((each) => each.slice(prefix.length));
      const first = rests[0]?.split('/')[0];
      expect(rests.every((rest) => rest.startsWith(`${first}/`))).toBe(false);
      expect(commonOf(paths.toReversed())).toBe(common);
    }),
  );
});
