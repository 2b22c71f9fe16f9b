import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PART_LIMITS, type PartPlanOptions, planParts } from '../../src/model/part-plan.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

it.each<[string, number, PartPlanOptions, [number, number, number] | undefined]>([
  ['nothing', 0, {}, undefined],
  ['exactly the threshold', 32 * MIB, {}, undefined],
  ['a byte more', 32 * MIB + 1, {}, [16 * MIB, 3, 1]],
  ['a chunk', 256 * MIB, {}, [16 * MIB, 16, 16 * MIB]],
  ['the most parts of the usual size', 160_000 * MIB, {}, [16 * MIB, 10_000, 16 * MIB]],
  ['a byte beyond: parts grow by whole MiB', 160_000 * MIB + 1, {}, [17 * MIB, 9412, 13 * MIB + 1]],
  ['the largest object', 5 * TIB, {}, [525 * MIB, 9987, 230 * MIB]],
  ['another part size', 33 * MIB, { partSizeBytes: 8 * MIB }, [8 * MIB, 5, MIB]],
  ['another threshold', 33 * MIB, { thresholdBytes: 40 * MIB }, undefined],
  [
    'more than one put may have, below the threshold',
    5 * GIB + 1,
    { thresholdBytes: TIB },
    [16 * MIB, 321, 1],
  ],
])('%s', (_case, size, options, expected) => {
  const plan = planParts(size, options);
  expect(plan && [plan.partSizeBytes, plan.parts, plan.lastPartBytes]).toEqual(expected);
});

it.each<[string, number, PartPlanOptions]>([
  ['above the default limit', 5 * TIB + 1, {}],
  ['above a limit of its own', 11, { maxObjectSizeBytes: 10 }],
  ['above what 10,000 parts of 5 GiB hold', 50_001 * GIB, { maxObjectSizeBytes: 1e15 }],
])('%s: ObjectTooLarge', (_case, size, options) => {
  expect(() => planParts(size, options)).toThrow(expect.objectContaining({ code: 'ObjectTooLarge' }));
});

it('covers every object exactly, within the limits of S3', () => {
  fc.assert(
    fc.property(fc.integer({ min: 32 * MIB + 1, max: 5 * TIB }), (size) => {
      const plan = planParts(size);
      if (!plan) return false;
      const { partSizeBytes, parts, lastPartBytes } = plan;
      return (
        (parts - 1) * partSizeBytes + lastPartBytes === size &&
        parts <= PART_LIMITS.maxParts &&
        partSizeBytes >= PART_LIMITS.minPartBytes &&
        partSizeBytes <= PART_LIMITS.maxPartBytes &&
        lastPartBytes >= 1 &&
        lastPartBytes <= partSizeBytes
      );
    }),
  );
});
