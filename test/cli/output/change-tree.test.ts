import { expect, it } from 'vitest';
import { changeTree } from '../../../src/cli/output/change-tree.js';

const NONE = { new: [], modified: [], deleted: [] };

it('names every directory once, above its changes', () => {
  const changes = { new: ['a/b/n', 'top'], modified: ['a b/m', 'a/b/m'], deleted: ['a/gone'] };
  expect(changeTree('/r', changes, false)).toBe(
    ['/r', '  a/', '    b/', '      ~ m', '      + n', '    - gone', '  a b/', '    ~ m', '  + top', ''].join(
      '\n',
    ),
  );
});

it('says so when nothing changed', () => {
  expect(changeTree('/r', NONE, false)).toBe('/r\n  no changes\n');
});

it('escapes control characters of every name and colours whole entries', () => {
  const changes = { ...NONE, new: ['d\u001b[2J/x\ny'] };
  expect(changeTree('/r\u0007', changes, true)).toBe(
    '/r\\x07\n  d\\x1b[2J/\n    \u001b[32m+ x\\ny\u001b[0m\n',
  );
});
