import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashSet } from '../../src/model/hash-set.js';

const digest = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  fc.constantFrom(
    '0'.repeat(32),
    'f'.repeat(32),
    `${'0'.repeat(31)}1`,
    '80000000'.repeat(4),
    'A'.repeat(32),
    'x',
  ),
);

it('behaves like a set of texts', () => {
  fc.assert(
    fc.property(fc.array(digest, { maxLength: 200 }), (hashes) => {
      const set = new HashSet();
      const model = new Set<string>();
      for (const hash of [...hashes, ...hashes]) {
        expect(set.add(hash)).toBe(!model.has(hash));
        model.add(hash);
        expect(set.size).toBe(model.size);
      }
    }),
  );
});

it('keeps everything while it grows, also digests that begin alike', () => {
  const set = new HashSet();
  const hash = (index: number): string =>
    `${'0'.repeat(8)}${index.toString(16).padStart(16, '0')}${'0'.repeat(8)}`;
  for (let index = 0; index < 20_000; index += 1) expect(set.add(hash(index))).toBe(true);
  for (let index = 0; index < 20_000; index += 1) expect(set.add(hash(index))).toBe(false);
  expect(set.size).toBe(20_000);
});
