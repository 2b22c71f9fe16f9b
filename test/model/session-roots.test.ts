import { describe, expect, it } from 'vitest';
import { localRootOf, type NamedRootFallback, sessionMappingRules } from '../../src/model/session-roots.js';

const shake256 = (bytes: Uint8Array): string => `<${Buffer.from(bytes).toString()}>`;
const base = { sessionDir: '/s', host: 'posix', shake256 } as const;
const named = (rootPath: string) =>
  ({ rootPath, rootPathFormat: 'posix', fileSystemLocationName: 'P' }) as const;
const plain = (rootPath: string) => ({ rootPath, rootPathFormat: 'posix' }) as const;

describe('a root of a location without an exact rule', () => {
  const rules = new Map([
    ['/mnt', '/fleet/mnt'],
    ['/mnt/p', '/fleet/p'],
  ]);

  it.each<[NamedRootFallback, string, ReadonlyMap<string, string>, string | undefined]>([
    ['error', '/mnt/p/job', rules, undefined],
    ['error', '/mnt/p/job', new Map(), undefined],
    ['session', '/mnt/p/job', rules, undefined],
    ['session', '/mnt/p/job', new Map(), '/s/assetroot-</mnt/p/job>'],
    ['containing', '/mnt/p/job', rules, '/fleet/p/job'],
    ['containing', '/mnt/p2', rules, '/fleet/mnt/p2'],
    ['containing', '/x', rules, undefined],
    ['containing', '/x', new Map(), undefined],
    ['error', '/mnt/p', rules, '/fleet/p'],
  ])('%s: %s', (namedRootFallback, rootPath, storageProfileRules, expected) => {
    const local = () => localRootOf(named(rootPath), { ...base, namedRootFallback, storageProfileRules });
    if (expected !== undefined) expect(local()).toBe(expected);
    else expect(local).toThrowError(expect.objectContaining({ code: 'AssetSyncError' }));
  });

  it('has a rule of its own only where it goes to the session', () => {
    const rulesFor = (storageProfileRules: ReadonlyMap<string, string>) =>
      sessionMappingRules([named('/mnt/p/job')], {
        ...base,
        ...{ namedRootFallback: 'session', storageProfileRules },
      }).length;
    expect([rulesFor(rules), rulesFor(new Map())]).toEqual([0, 1]);
  });
});

it('looks up nothing unless it is told rules', () => {
  expect(localRootOf(plain('/a'), base)).toBe('/s/assetroot-</a>');
  expect(() => localRootOf(named('/a'), base)).toThrowError(
    /No path mapping rule found for the source path \/a$/,
  );
});

it('orders rules by source parts, longest first', () => {
  const rules = sessionMappingRules(['/a', '/b/c/d', '/b/c', '/a'].map(plain), base);
  expect(rules.map(({ sourcePath }) => sourcePath)).toEqual(['/b/c/d', '/b/c', '/a']);
});
