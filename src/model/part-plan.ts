/**
 * Into how many parts an object is cut on its way to S3 (spec/storage.md 2.7). Pure
 * arithmetic; sizes are bytes.
 */
import { StorageError } from './errors.js';

const MIB = 1024 * 1024;

/** Limits of S3. */
export const PART_LIMITS = {
  maxParts: 10_000,
  /** Of every part but the last. */
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * 1024 * MIB,
  maxSinglePutBytes: 5 * 1024 * MIB,
} as const;

export interface PartPlanOptions {
  /** Bytes of a part, as long as {@link PART_LIMITS}`.maxParts` are enough. */
  readonly partSizeBytes?: number;
  /** Larger objects travel in parts. Default: twice the part size. */
  readonly thresholdBytes?: number;
  readonly maxObjectSizeBytes?: number;
}

export const PART_PLAN_DEFAULTS = {
  partSizeBytes: 16 * MIB,
  maxObjectSizeBytes: 5 * 1024 * 1024 * MIB,
} as const satisfies PartPlanOptions;

export interface PartPlan {
  /** Of every part but the last. */
  readonly partSizeBytes: number;
  readonly parts: number;
  /** 1 to `partSizeBytes`. */
  readonly lastPartBytes: number;
}

/**
 * The parts of an object of `size` bytes; `undefined` for one that travels whole. Throws
 * `ObjectTooLarge` for one that S3 cannot hold.
 */
export function planParts(size: number, options: PartPlanOptions = {}): PartPlan | undefined {
  const { partSizeBytes: wanted, maxObjectSizeBytes } = { ...PART_PLAN_DEFAULTS, ...options };
  if (size > maxObjectSizeBytes) throw tooLarge(size, maxObjectSizeBytes);
  if (size <= Math.min(options.thresholdBytes ?? 2 * wanted, PART_LIMITS.maxSinglePutBytes)) return undefined;
  const least = Math.ceil(size / PART_LIMITS.maxParts);
  const partSizeBytes = Math.max(wanted, roundedUp(least, Math.min(MIB, wanted)));
  if (partSizeBytes > PART_LIMITS.maxPartBytes) {
    throw tooLarge(size, PART_LIMITS.maxPartBytes * PART_LIMITS.maxParts);
  }
  const parts = Math.ceil(size / partSizeBytes);
  return { partSizeBytes, parts, lastPartBytes: size - (parts - 1) * partSizeBytes };
}

function roundedUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

function tooLarge(size: number, limit: number): StorageError {
  return new StorageError('ObjectTooLarge', `an object of ${size} bytes is above the limit of ${limit}`, {
    hint: 'the object is larger than the store takes: use the manifest format that splits files into chunks',
  });
}
