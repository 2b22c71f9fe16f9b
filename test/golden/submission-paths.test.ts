/** Long Windows paths and path mapping rules against the golden data. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { extendedPath, longPath } from '../../src/model/long-path.js';
import { PathMapper } from '../../src/model/path-mapper.js';
import { readPathMappingRules, ruleToJson } from '../../src/model/path-mapping-rule.js';
import type { HostPaths } from '../../src/model/paths.js';
import { localRootOf, type SessionRoot, sessionMappingRules } from '../../src/model/session-roots.js';
import { readStorageProfile, rulesBetweenProfiles } from '../../src/model/storage-profile.js';
import { golden } from '../support/golden.js';

interface LongCase {
  readonly path: string;
  readonly expected: string;
  readonly extended: string | null;
  readonly extendedError?: string;
}

golden<LongCase>('submission/long-paths.json', (c) => {
  expect(longPath(c.path)).toBe(c.expected);
  const { extended, extendedError } = c;
  if (extended !== null) expect(extendedPath(c.path)).toBe(extended);
  else expect(() => extendedPath(c.path)).toThrowError(expect.objectContaining({ kind: extendedError }));
});

type Destination = string | { readonly error: { readonly type: string; readonly message: string } };
interface DynamicCase {
  readonly sessionDir: string;
  readonly hostPathFormat: HostPaths;
  readonly manifests: readonly SessionRoot[];
  readonly storageProfileRules: Record<string, string>;
  readonly expectedRules: readonly object[];
  readonly expectedLocalDestinations: readonly Destination[];
}

function shake256(bytes: Uint8Array): string {
  return createHash('shake256', { outputLength: 10 }).update(bytes).digest('hex');
}

golden<DynamicCase>(
  'submission/path-mapping.json',
  (c) => {
    const { sessionDir, hostPathFormat: host, manifests, expectedLocalDestinations } = c;
    const storageProfileRules = new Map(Object.entries(c.storageProfileRules));
    const options = { sessionDir, host, storageProfileRules, namedRootFallback: 'error', shake256 } as const;
    expect(sessionMappingRules(manifests, options).map(ruleToJson)).toEqual(c.expectedRules);
    expect(expectedLocalDestinations).toHaveLength(manifests.length);
    for (const [index, manifest] of manifests.entries()) {
      const expected = expectedLocalDestinations[index];
      if (typeof expected === 'string') {
        expect(localRootOf(manifest, options)).toBe(expected);
        continue;
      }
      const { type: code, message } = expected?.error ?? {};
      expect(() => localRootOf(manifest, options)).toThrowError(expect.objectContaining({ code, message }));
    }
  },
  'dynamic',
);

golden<{ source: object; destination: object; expectedRules: object[] }>(
  'submission/path-mapping.json',
  (c) => {
    const rules = rulesBetweenProfiles(readStorageProfile(c.source), readStorageProfile(c.destination));
    expect(rules.map(ruleToJson)).toEqual(c.expectedRules);
  },
  'profileRules',
);

interface ApplyCase {
  readonly hostPathFormat: HostPaths;
  readonly rules: readonly object[];
  readonly results?: readonly {
    readonly path: string;
    readonly transform: string;
    readonly strict?: string;
    readonly strictError?: string;
  }[];
  readonly error?: string;
}

golden<ApplyCase>(
  'submission/path-mapping.json',
  (c) => {
    const { hostPathFormat, results = [], error } = c;
    const mapper = () => new PathMapper(readPathMappingRules(c.rules, 'the fixture'), hostPathFormat);
    if (error !== undefined) {
      expect(mapper).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
      return;
    }
    expect(results.length).toBeGreaterThan(0);
    for (const { path, transform, strict, strictError } of results) {
      expect(mapper().transform(path)).toBe(transform);
      if (strictError === undefined) expect(mapper().strictTransform(path)).toBe(strict);
      else expect(() => mapper().strictTransform(path)).toThrowError(expect.objectContaining({ path }));
    }
  },
  'apply',
);
