import { expect, it } from 'vitest';
import { gatherKnownPaths } from '../../src/model/gather-known-paths.js';

it('takes what the user named or set up, and nothing that only the bundle says', () => {
  const parameter = (name: string, value: string, more = {}) => ({ name, type: 'PATH', value, ...more });
  const sources = {
    ...{ named: ['/n'], bundleDir: '/b', setting: '/s1::/s2' },
    storageProfile: {
      locations: [
        { name: 'L', path: '/l', locationType: 'LOCAL' },
        { name: 'S', path: '/shared', locationType: 'SHARED' },
      ],
    },
    parameters: [
      parameter('dir', '/p/d'),
      parameter('file', '/p/f/x', { objectType: 'FILE' }),
      ...[parameter('default', '/other'), parameter('uri', 's3://b/k'), parameter('empty', '')],
      { name: 'list', type: 'LIST[PATH]', value: ['/p/l', 'https://h'] },
      { name: 'text', type: 'STRING', value: '/text' },
    ],
    given: new Set(['dir', 'file', 'uri', 'empty', 'list', 'text']),
  } as const;
  expect(gatherKnownPaths(sources, 'posix')).toEqual([
    ...['/n', '/b', '/l', '/s1', '/s2', '/p/d', '/p/f', '/p/l'],
  ]);
});

it('splits the setting as the host does', () => {
  expect(gatherKnownPaths({ setting: 'C:\\a;D:\\b' }, 'windows')).toEqual(['C:\\a', 'D:\\b']);
  expect(gatherKnownPaths({}, 'windows')).toEqual([]);
});
