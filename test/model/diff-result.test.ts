import { expect, it } from 'vitest';
import { diffManifests, hasChanges, printedDiff } from '../../src/model/diff-result.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { file, gone, snapshot, v2023 } from '../support/manifests.js';

it('groups entries, each list in UTF-16 order', () => {
  const reference = deepFreeze(v2023([file('x'), file('m'), file('k'), file('a')]));
  const current = deepFreeze(v2023([file('ﬀ'), file('😀'), file('m', 'bb'), file('k')]));
  expect(diffManifests(reference, current)).toEqual({
    added: [file('😀'), file('ﬀ')],
    modified: [file('m', 'bb')],
    deleted: [file('a'), file('x')],
    unchanged: [file('k')],
    addedDirs: [],
    deletedDirs: [],
  });
});

it('compares explicit live directories of 2025 manifests', () => {
  const reference = snapshot([], ['z', 'a', 'keep']);
  const current = snapshot([], ['keep', 'n/b', 'n', gone('gone')]);
  const { addedDirs, deletedDirs } = diffManifests(reference, current);
  expect({ addedDirs, deletedDirs }).toEqual({ addedDirs: ['n', 'n/b'], deletedDirs: ['a', 'z'] });
});

it('prints paths under the names of the command', () => {
  const result = diffManifests(v2023([file('a'), file('b')]), v2023([file('b', 'bb'), file('c')]));
  expect(JSON.stringify(printedDiff(result))).toBe('{"new":["c"],"modified":["b"],"deleted":["a"]}');
});

it.each([
  ['equal', snapshot([file('a')], ['d']), false],
  ['a file more', snapshot([file('a'), file('b')], ['d']), true],
  ['a directory less', snapshot([file('a')]), true],
])('knows whether anything changed: %s', (_case, current, changed) => {
  expect(hasChanges(diffManifests(snapshot([file('a')], ['d']), current))).toBe(changed);
});
