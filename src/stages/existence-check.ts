/**
 * Stage: decides, once per object, whether its bytes still have to travel. Sits between
 * split-objects and transfer. Knows no store and no database: only the calls it is handed.
 */
import { concat, defer, from, mergeMap, Observable, type OperatorFunction } from 'rxjs';
import type { CasObject } from '../model/cas-object.js';
import { HashSet } from '../model/hash-set.js';
import type { CheckedUnit, Presence, UploadUnit } from '../model/upload-unit.js';
import { batchLeased } from '../pipeline/batch-leased.js';
import { PipelineError } from '../pipeline/errors.js';
import { holding } from '../pipeline/holding.js';
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
    unit.object && !seen.add(unit.object.hash) ? presentUnit(unit, 'duplicate') : unit,
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
      const hashes = units.map(({ object }) => (object as CasObject).hash);
      const known = await cache.lookup(hashes).catch((error: unknown) => {
        ctx.log('warning', 'the check cache could not be asked: the store is', { error });
        return [];
      });
      return units.map((unit, index) => {
        if (!known[index]) return { value: unit };
        trusted.offer(unit.object as CasObject);
        return { value: presentUnit(unit, 'cached') };
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
      return presentUnit(unit, 'stored');
    });
  });
}

function presentUnit({ file, objects, object }: UploadUnit, present: Presence): CheckedUnit {
  return object ? { file, objects, object, present } : { file, objects, present };
}

function replacing(ctx: RunContext, unit: UploadUnit, object: CasObject, storedSize: number): CheckedUnit {
  const message = `object ${object.hash} has ${storedSize} bytes in the store instead of ${object.size}: it is replaced`;
  ctx.log('warning', message, { hash: object.hash, storedSize, size: object.size });
  return { ...unit, replaces: true };
}

/** Completes without a value when every sampled answer was right. */
function verifySample(
  ctx: RunContext,
  head: HeadObject,
  trusted: Reservoir<CasObject>,
  concurrency: number,
): Observable<never> {
  const verified = (object: CasObject): Observable<never> =>
    new Observable((subscriber) => {
      const stop = new AbortController();
      // Held, because the items have gone on: a run that is cancelled waits for these requests too.
      holding(ctx, () => verify(ctx, head, object, stop.signal)).then(
        () => subscriber.complete(),
        (error: unknown) => subscriber.error(error),
      );
      return () => stop.abort();
    });
  return defer(() => from(trusted.items)).pipe(mergeMap(verified, concurrency));
}

async function verify(
  ctx: RunContext,
  head: HeadObject,
  { hash, size }: CasObject,
  signal: AbortSignal,
): Promise<void> {
  const stored = await head(hash, signal);
  ctx.progress.add('checked', 1);
  if (stored?.size !== size) throw new StaleCacheError(hash);
}
