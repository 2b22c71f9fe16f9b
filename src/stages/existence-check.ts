/**
 * Stage: decides, once per object, whether its bytes still have to travel. Sits between
 * split-objects and transfer. Knows no store and no database: only the calls it is handed.
 */
import { concat, defer, EMPTY, from, ignoreElements, mergeMap, type OperatorFunction } from 'rxjs';
import type { CasObject } from '../model/cas-object.js';
import { HashSet } from '../model/hash-set.js';
import type { CheckedUnit, UploadUnit } from '../model/upload-unit.js';
import { batchLeased } from '../pipeline/batch-leased.js';
import { PipelineError } from '../pipeline/errors.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Leased, RunContext, Stage } from '../pipeline/types.js';
import { Reservoir } from './reservoir.js';

/** Asks the store about one object; any backend, cache or fake can answer. */
export type HeadObject = (
  hash: string,
  signal: AbortSignal,
) => Promise<{ readonly size: number } | undefined>;

/** A memory of what the store was seen to hold. It may be wrong: its word is sampled. */
export interface PresenceCache {
  /** One answer per digest, in order. */
  lookup(hashes: readonly string[]): Promise<readonly boolean[]>;
  /** Remembers digests that the store was just seen to hold. */
  store(hashes: readonly string[]): void;
}

export interface ExistenceCheckOptions {
  /** Requests outstanding at once. */
  readonly concurrency?: number;
  /** Objects that this cache knows are not asked about, but for the sample. */
  readonly cache?: PresenceCache;
  /** How many of the cache's answers are checked at the store before the stage completes. */
  readonly sampleSize?: number;
}
export const EXISTENCE_CHECK_DEFAULTS: Required<Omit<ExistenceCheckOptions, 'cache'>> = {
  concurrency: 64,
  sampleSize: 30,
};

/** The cache claimed an object that the store does not hold: forget it and run again without it. */
export class StaleCacheError extends PipelineError {
  override readonly code = 'StaleCache';

  constructor(
    /** Digest of the missing object. */
    readonly hash: string,
  ) {
    super(
      `the check cache knows object ${hash}, but the store does not hold it: forget the cache and check everything again`,
    );
  }
}

/**
 * Marks each object `present` when it need not travel: sent already by this run, known to
 * the cache, or held by the store with the same size. Another size: `replaces`.
 *
 * - Shape: one in, one out; order is not kept. Units without object pass.
 * - Errors: those of `head`, unwrapped, fail their item; "not found" is an answer.
 *   `StaleCacheError` ends the run when a sampled answer of the cache was wrong.
 * - Cancel: unsubscribing aborts every outstanding request.
 * - Counters: `checked` objects.
 * - Source: spec/storage.md 3.3 and 3.5.
 */
export function existenceCheck(
  head: HeadObject,
  options: ExistenceCheckOptions = {},
): Stage<UploadUnit, CheckedUnit> {
  const { concurrency, sampleSize, cache } = { ...EXISTENCE_CHECK_DEFAULTS, ...options };
  positiveInteger('concurrency', concurrency);
  return (ctx) => (source) =>
    defer(() => {
      const trusted = new Reservoir<CasObject>(sampleSize);
      const checked = source.pipe(
        markDuplicates(ctx),
        ...((cache ? [askCache(ctx, cache, trusted)] : []) as [
          OperatorFunction<Leased<CheckedUnit>, Leased<CheckedUnit>>,
        ]),
        askStore(ctx, head, concurrency, cache),
      );
      return concat(checked, verifySample(ctx, head, trusted, concurrency));
    });
}

function markDuplicates(ctx: RunContext): OperatorFunction<Leased<UploadUnit>, Leased<CheckedUnit>> {
  const seen = new HashSet();
  return mapLeased<UploadUnit, CheckedUnit>(ctx, 1, (unit) =>
    unit.object && !seen.add(unit.object.hash) ? { ...unit, present: 'duplicate' } : unit,
  );
}

function askCache(
  ctx: RunContext,
  cache: PresenceCache,
  trusted: Reservoir<CasObject>,
): OperatorFunction<Leased<CheckedUnit>, Leased<CheckedUnit>> {
  return batchLeased<CheckedUnit, CheckedUnit>(
    ctx,
    { maxItems: 500, concurrency: 2 },
    async (units) => {
      const known = await cache.lookup(units.map(({ object }) => (object as CasObject).hash));
      return units.map((unit, index) => {
        if (!known[index]) return { value: unit };
        trusted.offer(unit.object as CasObject);
        return { value: { ...unit, present: 'cached' } };
      });
    },
    (unit) => (unit.present || !unit.object ? unit : undefined),
  );
}

function askStore(
  ctx: RunContext,
  head: HeadObject,
  concurrency: number,
  cache: PresenceCache | undefined,
): OperatorFunction<Leased<CheckedUnit>, Leased<CheckedUnit>> {
  return mapLeased<CheckedUnit, CheckedUnit>(ctx, concurrency, (unit, signal) => {
    const { object } = unit;
    if (unit.present || !object) return unit;
    return head(object.hash, signal).then((stored): CheckedUnit => {
      ctx.progress.add('checked', 1);
      if (!stored) return unit;
      if (stored.size !== object.size) return replacing(ctx, unit, object, stored.size);
      cache?.store([object.hash]);
      return { ...unit, present: 'stored' };
    });
  });
}

function replacing(ctx: RunContext, unit: UploadUnit, object: CasObject, storedSize: number): CheckedUnit {
  const message = `object ${object.hash} has ${storedSize} bytes in the store instead of ${object.size}: it is replaced`;
  ctx.log('warning', message, { hash: object.hash, storedSize, size: object.size });
  return { ...unit, replaces: true };
}

/** Completes without a value when every sampled answer was right. */
function verifySample(ctx: RunContext, head: HeadObject, trusted: Reservoir<CasObject>, concurrency: number) {
  return defer(() => (trusted.items.length === 0 ? EMPTY : from(trusted.items))).pipe(
    mergeMap(async ({ hash, size }) => {
      const stored = await head(hash, ctx.signal);
      ctx.progress.add('checked', 1);
      if (stored?.size !== size) throw new StaleCacheError(hash);
    }, concurrency),
    ignoreElements(),
  );
}
