/**
 * Stage: decides, once per object, whether its bytes still have to travel. Sits between
 * split-objects and transfer. Knows no store and no database: only the calls it is handed.
 */
import { concat, defer, from, mergeMap, Observable, type OperatorFunction, tap } from 'rxjs';
import type { CasObject } from '../model/cas-object.js';
import { HashSet } from '../model/hash-set.js';
import type { CheckedUnit, Presence, UploadUnit } from '../model/upload-unit.js';
import { batchLeased } from '../pipeline/batch-leased.js';
import { CancelledError, PipelineError } from '../pipeline/errors.js';
import { holding } from '../pipeline/holding.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Leased, RunContext, Stage } from '../pipeline/types.js';
import type { HeadMany, HeadObject, PresenceCache } from './existence-calls.js';
import { EXISTENCE_CHECK_DEFAULTS, type ExistenceCheckOptions } from './existence-options.js';
import { type Answer, ExistencePlanner } from './existence-planner.js';
import { RecentChecks } from './recent-checks.js';
import { Reservoir } from './reservoir.js';

export type {
  Existence,
  HeadMany,
  HeadObject,
  ListedPage,
  ListObjects,
  PresenceCache,
} from './existence-calls.js';
export { EXISTENCE_CHECK_DEFAULTS, type ExistenceCheckOptions } from './existence-options.js';

/** Objects in one question about many; one at a time, so that the next gathers meanwhile. */
const MANY = 4096;
/** With `inline`: hits that are all checked, and the part of the others that is. */
const INLINE_FIRST = 100;
const INLINE_PART = 0.01;

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

/** The store could not be asked whether the cache is right: keep it, but run again without it. */
export class UnverifiedCacheError extends PipelineError {
  override readonly code = 'UnverifiedCache';

  constructor(cause: unknown) {
    super('the check cache could not be verified: check everything again without it', { cause });
  }
}

/**
 * Marks each object `present` when it need not travel: sent already by this run, known to
 * the cache, or held by the store with the same size. Another size: `replaces`. One that
 * costs less to send than to ask about: `unchecked`.
 *
 * - Shape: one in, one out; order is not kept. Units without object pass.
 * - Errors: those of `head` and `list`, unwrapped, fail their item; "not found" is an answer.
 *   `StaleCacheError` or `UnverifiedCacheError` ends the run when a checked answer of the cache
 *   was wrong, or could not be checked; a run that collects failures must count both as fatal.
 * - Cancel: unsubscribing aborts every outstanding request.
 * - Counters: `checked` objects.
 * - Source: spec/storage.md 3.3 and 3.5.
 */
export function existenceCheck(
  head: HeadObject,
  options: ExistenceCheckOptions = {},
): Stage<UploadUnit, CheckedUnit> {
  const settings = { ...EXISTENCE_CHECK_DEFAULTS, ...options };
  positiveInteger('concurrency', settings.concurrency);
  return (ctx) => (source) => defer(() => new Check(ctx, head, settings).over(source));
}

type Settings = ExistenceCheckOptions &
  Required<Pick<ExistenceCheckOptions, keyof typeof EXISTENCE_CHECK_DEFAULTS>>;

/** A unit that the cache knows, whose word is checked before it is believed. */
class Claimed {
  constructor(readonly unit: UploadUnit) {}
}

/** One run of the stage. */
class Check {
  readonly #seen = new HashSet();
  readonly #trusted: Reservoir<CasObject>;
  readonly #planner: ExistencePlanner;
  #hits = 0;
  #isReset = false;

  constructor(
    readonly ctx: RunContext,
    readonly head: HeadObject,
    readonly settings: Settings,
  ) {
    const { sampleSize, existence, concurrency, list, checks = new RecentChecks() } = settings;
    this.#trusted = new Reservoir(sampleSize);
    this.#planner = new ExistencePlanner({
      ...{ existence, concurrency, head, list, checks },
      room: ctx.budgets.files.capacity,
      sleep: (ms, signal) => ctx.clock.sleep(ms, signal),
      isFatal: (error) => settings.isFatal?.(error) ?? false,
      onRequest: (kind) => settings.onRequest?.(kind),
      log: (message, fields) => ctx.log('warning', message, fields),
    });
  }

  over(source: Observable<Leased<UploadUnit>>): Observable<Leased<CheckedUnit>> {
    const { cache, headMany } = this.settings;
    if (headMany) return source.pipe(this.#askMany(headMany));
    const believed: Observable<Leased<CheckedUnit | Claimed>> = cache
      ? source.pipe(this.#askCache(cache))
      : source;
    const ended = tap<Leased<CheckedUnit | Claimed>>({ complete: () => this.#planner.end() });
    return concat(believed.pipe(ended, this.#askStore()), this.#verifySample());
  }

  /** What is answered without asking: duplicates, and units without object. */
  #known(unit: UploadUnit): CheckedUnit | undefined {
    this.settings.onUnit?.(unit);
    const { object } = unit;
    if (!object) return unit;
    if (!this.#seen.add(object.hash)) return presentUnit(unit, 'duplicate');
    return this.settings.confirmed?.(object.hash) ? presentUnit(unit, 'stored') : undefined;
  }

  #askMany(headMany: HeadMany): OperatorFunction<Leased<UploadUnit>, Leased<CheckedUnit>> {
    return batchLeased<UploadUnit, CheckedUnit>(
      this.ctx,
      { maxItems: MANY, concurrency: 1 },
      async (units, signal) => {
        const { onRequest } = this.settings;
        if (onRequest) for (const _ of units) onRequest('head');
        const sizes = await headMany(units.map(hashOf), signal);
        return units.map((unit, index) => ({ value: this.#judged(unit, sizes[index] ?? 'absent') }));
      },
      (unit) => this.#known(unit),
    );
  }

  #askCache(cache: PresenceCache): OperatorFunction<Leased<UploadUnit>, Leased<CheckedUnit | Claimed>> {
    return batchLeased<UploadUnit, CheckedUnit | Claimed>(
      this.ctx,
      { maxItems: 500, concurrency: 2 },
      async (units) => {
        const known = await cache.lookup(units.map(hashOf)).catch((error: unknown) => {
          this.ctx.log('warning', 'the check cache could not be asked: the store is', { error });
          return [];
        });
        return units.map((unit, index) => ({ value: known[index] ? this.#believed(unit) : unit }));
      },
      (unit) => this.#known(unit),
    );
  }

  #believed(unit: UploadUnit): CheckedUnit | Claimed {
    const { cacheCheck } = this.settings;
    this.#hits += 1;
    if (cacheCheck === 'force') return new Claimed(unit);
    if (cacheCheck === 'inline' && (this.#hits <= INLINE_FIRST || Math.random() < INLINE_PART))
      return new Claimed(unit);
    if (cacheCheck === 'sample') this.#trusted.offer(unit.object as CasObject);
    return presentUnit(unit, 'cached');
  }

  #askStore(): OperatorFunction<Leased<CheckedUnit | Claimed>, Leased<CheckedUnit>> {
    const { cache } = this.settings;
    return mapLeased<CheckedUnit | Claimed, CheckedUnit>(
      this.ctx,
      Number.POSITIVE_INFINITY,
      (item, signal) => {
        if (item instanceof Claimed) return this.#checkClaim(item.unit, signal);
        const known = cache ? undefined : this.#known(item); // with a cache, that was asked before it
        const unit = known ?? item;
        if (unit.present || !unit.object) return unit;
        const answer = this.#planner.ask(unit.object, signal);
        return isPromise(answer)
          ? answer.then((given) => this.#judged(unit, given))
          : this.#judged(unit, answer);
      },
    );
  }

  async #checkClaim(unit: UploadUnit, signal: AbortSignal): Promise<CheckedUnit> {
    const object = unit.object as CasObject;
    const forced = this.settings.cacheCheck === 'force';
    const asked = forced ? this.#planner.ask(object, signal) : this.#planner.askStore(object, signal);
    const answer = await (forced
      ? asked
      : (asked as Promise<Answer>).catch((error) => this.#unverified(error)));
    if (answer !== object.size && answer !== 'unchecked') this.#contradicted(object.hash);
    return this.#judged(unit, answer);
  }

  /** Nothing was skipped on the word of a cache that is checked item by item: it has only to forget. */
  #contradicted(hash: string): void {
    if (this.settings.cacheCheck !== 'force') throw new StaleCacheError(hash);
    if (this.#isReset) return;
    this.#isReset = true;
    this.ctx.log('warning', 'the check cache is out of date and is reset', { hash });
    void holding(this.ctx, async () => this.settings.cache?.reset?.()).catch((error: unknown) => {
      this.ctx.log('warning', 'the check cache could not be reset', { error });
    });
  }

  #judged(unit: UploadUnit, answer: Answer): CheckedUnit {
    const object = unit.object as CasObject;
    if (answer === 'unchecked') return { ...unit, unchecked: true };
    this.ctx.progress.add('checked', 1);
    if (answer === 'absent') return unit;
    if (answer !== object.size) return replacing(this.ctx, unit, object, answer);
    this.settings.cache?.store([object.hash]);
    return presentUnit(unit, 'stored');
  }

  /** Completes without a value when every sampled answer was right. */
  #verifySample(): Observable<never> {
    const verified = (object: CasObject): Observable<never> =>
      new Observable((subscriber) => {
        const stop = new AbortController();
        // Held, because the items have gone on: a run that is cancelled waits for these requests too.
        holding(this.ctx, () => this.#verify(object, stop.signal)).then(
          () => subscriber.complete(),
          (error: unknown) => subscriber.error(error),
        );
        return () => stop.abort();
      });
    return defer(() => from(this.#trusted.items)).pipe(mergeMap(verified, this.settings.concurrency));
  }

  async #verify({ hash, size }: CasObject, signal: AbortSignal): Promise<void> {
    this.settings.onRequest?.('head');
    const stored = await this.head(hash, signal).catch((error: unknown) => this.#unverified(error));
    this.ctx.progress.add('checked', 1);
    if (stored?.size !== size) throw new StaleCacheError(hash);
  }

  #unverified(error: unknown): never {
    if (error instanceof CancelledError || this.settings.isFatal?.(error)) throw error;
    throw new UnverifiedCacheError(error);
  }
}

function hashOf({ object }: UploadUnit): string {
  return (object as CasObject).hash;
}

function presentUnit({ file, objects, object }: UploadUnit, present: Presence): CheckedUnit {
  return object ? { file, objects, object, present } : { file, objects, present };
}

function replacing(ctx: RunContext, unit: UploadUnit, object: CasObject, storedSize: number): CheckedUnit {
  const message = `object ${object.hash} has ${storedSize} bytes in the store instead of ${object.size}: it is replaced`;
  ctx.log('warning', message, { hash: object.hash, storedSize, size: object.size });
  return { ...unit, replaces: true };
}

function isPromise(answer: Answer | Promise<Answer>): answer is Promise<Answer> {
  return typeof answer === 'object';
}
