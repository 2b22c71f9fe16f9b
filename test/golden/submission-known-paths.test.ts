/** Known asset paths and the lines of the confirmation, against the golden data. */
import { expect } from 'vitest';
import { reduceKnownPaths } from '../../src/model/known-paths.js';
import type { HostPaths } from '../../src/model/paths.js';
import { readStorageProfile } from '../../src/model/storage-profile.js';
import { classifySubmitPaths } from '../../src/model/submit-confirmation.js';
import { golden } from '../support/golden.js';

interface FilterCase {
  readonly pathFormat: HostPaths;
  readonly paths: readonly string[];
  readonly expected: readonly string[];
}

golden<FilterCase>(
  'submission/known-paths.json',
  (c) => {
    expect(reduceKnownPaths(c.paths, { format: c.pathFormat })).toEqual(c.expected);
  },
  'filterCases',
);

interface ClassifyCase {
  readonly pathFormat: HostPaths;
  readonly knownPaths: readonly string[];
  readonly groups: readonly { readonly inputs: readonly string[]; readonly outputs: readonly string[] }[];
  readonly storageProfile?: object;
  readonly expected: object;
}

golden<ClassifyCase>(
  'submission/known-paths.json',
  (c) => {
    const { pathFormat: format, knownPaths, storageProfile, expected } = c;
    const groups = c.groups.map(({ inputs, outputs }) => ({
      inputs: new Set(inputs),
      outputs: new Set(outputs),
    }));
    const profile = storageProfile && { storageProfile: readStorageProfile(storageProfile) };
    expect(classifySubmitPaths(groups, { format, knownPaths, ...profile })).toEqual(expected);
  },
  'classifyCases',
);
