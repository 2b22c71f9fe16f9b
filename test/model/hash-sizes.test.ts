import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HashSizes } from '../../src/model/hash-sizes.js';

const digest = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }),
  fc.constantFrom('0'.repeat(32), 'f'.repeat(32), `${'0'.repeat(31)}1`, 'A'.repeat(32), 'x'),
);
const bytes = fc.oneof(
  fc.maxSafeNat(),
  fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 5 * 2 ** 40, Number.MAX_SAFE_INTEGER),
);

it('behaves like a map of texts', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(digest, bytes), { maxLength: 200 }), digest, (entries, stranger) => {
      const sizes = new HashSizes();
      for (const [hash, size] of entries) sizes.set(hash, size);
      const model = new Map(entries);
      expect(sizes.size).toBe(model.size);
      for (const hash of [...model.keys(), stranger]) expect(sizes.get(hash)).toBe(model.get(hash));
    }),
  );
});

it('keeps every size while it grows, also of digests that begin alike', () => {
  const sizes = new HashSizes();
  const hash = (index: number): string =>
    `${'0'.repeat(8)}${index.toString(16).padStart(16, '0')}${'0'.repeat(8)}`;
  for (let index = 1; index < 20_000; index += 1) sizes.set(hash(index), index * 1_000_003);
  for (let index = 1; index < 20_000; index += 1) expect(sizes.get(hash(index))).toBe(index * 1_000_003);
  expect([sizes.size, sizes.get(hash(20_000))]).toEqual([19_999, undefined]);
});
