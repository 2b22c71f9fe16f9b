import { expect, it } from 'vitest';
import { changedSinceBase } from '../../src/model/changed-since-base.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { deepFreeze } from '../support/deep-freeze.js';
import { codeOf, file, snapshot, v2023 } from '../support/manifests.js';

it('holds new and modified entries with their own total, and no deletions', () => {
  const base = deepFreeze(v2023([file('gone'), file('same'), file('other')]));
  const current = deepFreeze(v2023([file('new', 'aa', 3), file('same'), file('other', 'bb', 4)], 99));
  expect(changedSinceBase(base, current)).toEqual(v2023([file('new', 'aa', 3), file('other', 'bb', 4)], 7));
});

it.each([
  ['nothing changed', v2023([file('a')])],
  ['only touched', v2023([file('a', 'aa', 9, 9)])],
  ['only deletions', v2023([])],
])('gives no manifest at all: %s', (_case, current) => {
  expect(changedSinceBase(v2023([file('a')]), current)).toBeNull();
});

it.each([
  ['VERSION_MISMATCH', snapshot([]) as unknown as ManifestV2023],
  ['HASH_ALGORITHM_MISMATCH', { ...v2023([file('a')]), hashAlg: 'md5' as 'xxh128' }],
])('throws %s', (code, current) => {
  expect(codeOf(() => changedSinceBase(v2023([file('a')]), current))).toBe(code);
});
