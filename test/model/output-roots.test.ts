import { expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { nameHash } from '../../src/model/manifest-names.js';
import { isAbsoluteOn, rootOfOutput } from '../../src/model/output-roots.js';

const roots = [{ rootPath: '/a' }, { rootPath: '/a', fileSystemLocationName: 'P' }, { rootPath: '/b' }];

it('finds the root of a manifest by the hash in its name, location name included', () => {
  for (const root of roots) {
    const hash = nameHash(root.rootPath, root.fileSystemLocationName, xxh128);
    expect(rootOfOutput(`some/folder/${hash}_output.json`, roots, xxh128)).toBe(root);
    expect(rootOfOutput(`some/${hash}/x_output`, roots, xxh128)).toBeUndefined();
  }
});

it.each([
  ['/a', true, false],
  ['C:\\a', false, true],
  ['C:/a', false, true],
  ['\\\\server\\share', false, true],
  ['C:a', false, false],
  ['a', false, false],
])('%s is absolute: on posix %s, on windows %s', (root, posix, windows) => {
  expect([isAbsoluteOn(root, 'posix'), isAbsoluteOn(root, 'windows')]).toEqual([posix, windows]);
});
