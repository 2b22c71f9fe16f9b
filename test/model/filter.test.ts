import { expect, it } from 'vitest';
import { filterManifest } from '../../src/model/filter.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { diff, file, gone, link } from '../support/manifests.js';

it('asks about every entry with its kind and keeps the form', () => {
  const given = deepFreeze(
    diff([file('a', 'aa', 3), file('b', 'aa', 4), link('l', 'a'), gone('x')], ['d', gone('e')], {
      totalSize: 99,
      parentManifestHash: 'c0ffee',
      fileChunkSizeBytes: 7,
    }),
  );
  const asked: string[] = [];
  const kept = filterManifest(given, ({ path }, kind) => {
    asked.push(`${kind} ${path}`);
    return !['b', 'd'].includes(path);
  });
  expect(asked).toEqual(['file a', 'file b', 'file l', 'file x', 'directory d', 'directory e']);
  expect(kept).toEqual({
    ...given,
    files: [file('a', 'aa', 3), link('l', 'a'), gone('x')],
    dirs: [gone('e')],
    totalSize: 3,
  });
});
