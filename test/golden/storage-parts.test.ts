/** Sizes of chunks against the golden data, and parts that make up the object exactly. */
import { expect } from 'vitest';
import { hashRanges, isChunked } from '../../src/model/hash-ranges.js';
import { DEFAULT_FILE_CHUNK_SIZE } from '../../src/model/manifest.js';
import { PART_LIMITS, planParts } from '../../src/model/part-plan.js';
import { golden } from '../support/golden.js';

interface PartCase {
  readonly size: number;
  readonly chunks256MiB: number;
  readonly lastChunkLength: number;
}

golden<PartCase>('storage/part_plan.json', (c) => {
  const { size } = c;
  const ranges = hashRanges(size, DEFAULT_FILE_CHUNK_SIZE);
  const last = ranges[ranges.length - 1];
  const lastLength =
    isChunked(size, DEFAULT_FILE_CHUNK_SIZE) && last ? last.rangeEnd - last.rangeStart : size;
  expect({ chunks: ranges.length, lastLength }).toEqual({
    chunks: c.chunks256MiB,
    lastLength: c.lastChunkLength,
  });
  const plan = planParts(size);
  expect(plan === undefined).toBe(size <= 32 * 1024 * 1024);
  if (plan === undefined) return;
  expect((plan.parts - 1) * plan.partSizeBytes + plan.lastPartBytes).toBe(size);
  expect(plan.parts).toBeLessThanOrEqual(PART_LIMITS.maxParts);
});
