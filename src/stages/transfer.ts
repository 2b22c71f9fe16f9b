/**
 * Stage: sends the objects that have to travel. Sits between existence-check and the
 * manifest sink. Knows no store: only the calls it is handed.
 */
import type { CasObject } from '../model/cas-object.js';
import type { CheckedUnit, SettledUnit } from '../model/upload-unit.js';
import { LaneGate } from '../pipeline/lane-gate.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Lease, RunContext, Stage } from '../pipeline/types.js';

export interface PutCall {
  readonly signal: AbortSignal;
  /** Negative when a failed try is taken back. */
  readonly onBytes: (delta: number) => void;
  /** Write only if nothing has the key. */
  readonly ifAbsent: boolean;
}

/** Stores one object; `created` is false when one was there and stays. */
export type PutObject = (object: CasObject, call: PutCall) => Promise<PutAnswer>;

export interface PutAnswer {
  readonly created: boolean;
  /** The store takes no conditions: what was there, if anything, was replaced. */
  readonly unconditional?: boolean;
}

export interface TransferOptions {
  /** Objects on their way at once. */
  readonly concurrency?: number;
  /** Large objects on their way at once, beside the small ones and after them. Default: as small ones. */
  readonly largeAtOnce?: number;
  /** Objects above this size are large. */
  readonly smallFileThresholdBytes?: number;
  /** Bytes that count for an object read from its file, at most: what bounds large ones side by side. */
  readonly maxBytesPerObject?: number;
  /** Asked when an object turned out to be there: one of another size is replaced. */
  readonly head?: (hash: string, signal: AbortSignal) => Promise<{ readonly size: number } | undefined>;
  /** Told of every digest that the store confirmed; `sent` when its bytes travelled. */
  readonly remember?: (hash: string, sent: boolean) => void;
  /** Told what became of a put that nobody had asked the store about. */
  readonly onUnchecked?: (answer: PutAnswer) => void;
  /** Says that a put does not tell what was there: then `head` is asked before one that nobody had asked about. */
  readonly isBlind?: () => boolean;
  /** Objects that this run sent before: they count as sent although they are present. */
  readonly sentBefore?: (hash: string) => boolean;
}
export const TRANSFER_DEFAULTS = {
  concurrency: 32,
  smallFileThresholdBytes: 80 * 1024 * 1024,
  maxBytesPerObject: 48 * 1024 * 1024,
} as const satisfies TransferOptions;

/** Above this size an object counts while it travels; for smaller ones that would cost more than it tells. */
const FOLLOWED_BYTES = 1024 * 1024;

type Settings = TransferOptions & Required<Pick<TransferOptions, keyof typeof TRANSFER_DEFAULTS>>;

/** What all objects of one run have in common. */
interface Run {
  readonly ctx: RunContext;
  readonly put: PutObject;
  readonly settings: Settings;
  readonly gate: LaneGate;
  readonly onBytes: (delta: number) => void;
}

/**
 * Sends every object that is not present. One that appeared meanwhile is left when it has
 * the right size, and replaced when it has not.
 *
 * - Shape: one in, one out; order is not kept. Present objects and units without object pass at once.
 * - Errors: those of `put`, unwrapped, fail their item (a body that is not what was hashed is `FileChanged`).
 * - Cancel: unsubscribing aborts every put.
 * - Budget: an object read from its file holds bytes while it travels.
 * - Counters: `puts` begun, `sentBytes`, `storedBytes` that are in the store: those of large objects while they travel.
 * - Source: spec/storage.md 2.5, 3.2 and 3.4.
 */
export function transfer(put: PutObject, options: TransferOptions = {}): Stage<CheckedUnit, SettledUnit> {
  const settings = { ...TRANSFER_DEFAULTS, ...options };
  const { concurrency, largeAtOnce = 1, smallFileThresholdBytes, maxBytesPerObject } = settings;
  positiveInteger('maxBytesPerObject', maxBytesPerObject);
  positiveInteger('smallFileThresholdBytes', smallFileThresholdBytes);
  positiveInteger('concurrency', concurrency);
  positiveInteger('largeAtOnce', largeAtOnce);
  return (ctx) => (source) => {
    const gate = new LaneGate(concurrency, largeAtOnce);
    const onBytes = (delta: number): void => ctx.progress.add('sentBytes', delta);
    const run: Run = { ctx, put, settings, gate, onBytes };
    return source.pipe(
      mapLeased<CheckedUnit, SettledUnit>(ctx, Number.POSITIVE_INFINITY, (unit, signal) => {
        const { object } = unit;
        if (object && !unit.present) return send(run, unit, object, signal);
        if (object) ctx.progress.add('storedBytes', object.size);
        return settled(unit, outcomeOf(unit, settings));
      }),
    );
  };
}

function settled({ file, objects, object }: CheckedUnit, outcome: SettledUnit['outcome']): SettledUnit {
  return object ? { file, objects, object, outcome } : { file, objects, outcome };
}

function outcomeOf({ present, object }: CheckedUnit, { sentBefore }: Settings): SettledUnit['outcome'] {
  return present === 'stored' && object && sentBefore?.(object.hash) ? 'sent' : 'skipped';
}

function isLarge({ size }: CasObject, { largeAtOnce, smallFileThresholdBytes }: Settings): boolean {
  return largeAtOnce !== undefined && size > smallFileThresholdBytes;
}

/** One function, and one promise, for it is made for every file. */
async function send(
  run: Run,
  unit: CheckedUnit,
  object: CasObject,
  signal: AbortSignal,
): Promise<SettledUnit> {
  const { ctx, gate, settings } = run;
  const large = isLarge(object, settings);
  const turn = gate.enter(large, signal);
  if (turn) await turn;
  let lease: Lease | undefined;
  const followed = object.size > FOLLOWED_BYTES ? new Followed(run, object.size) : undefined;
  let stored = 0;
  try {
    const reads = object.source.kind === 'file' ? Math.min(object.size, settings.maxBytesPerObject) : 0;
    if (reads > 0) lease = await ctx.budgets.bytes.acquire(reads, signal);
    if (unit.unchecked && settings.isBlind?.() && (await isStored(settings, object, signal))) {
      settings.remember?.(object.hash, false);
      stored = object.size;
      return settled(unit, 'skipped');
    }
    ctx.progress.add('puts', 1);
    const onBytes = followed?.onBytes ?? run.onBytes;
    const answer = await run.put(object, { signal, onBytes, ifAbsent: unit.replaces !== true });
    if (unit.unchecked) settings.onUnchecked?.(answer);
    const created = answer.created || (await replaced(run, object, { signal, onBytes }));
    settings.remember?.(object.hash, created);
    stored = object.size;
    return settled(unit, created ? 'sent' : 'skipped');
  } finally {
    ctx.progress.add('storedBytes', stored - (followed?.counted ?? 0));
    lease?.release();
    gate.leave(large);
  }
}

/** Counts an object while it travels, and never more than all of it. */
class Followed {
  /** Bytes in `storedBytes`. */
  counted = 0;
  #moved = 0;

  constructor(
    private readonly run: Run,
    private readonly size: number,
  ) {}

  readonly onBytes = (delta: number): void => {
    this.run.onBytes(delta);
    this.#moved += delta;
    const now = Math.min(this.#moved, this.size);
    this.run.ctx.progress.add('storedBytes', now - this.counted);
    this.counted = now;
  };
}

/** Puts the object in the place of one that is there and has not its size. */
async function replaced(
  { put, settings }: Run,
  object: CasObject,
  call: Omit<PutCall, 'ifAbsent'>,
): Promise<boolean> {
  if (await isRight(settings, object, call.signal)) return false;
  return (await put(object, { ...call, ifAbsent: false })).created;
}

async function isStored(
  { head }: Settings,
  { hash, size }: CasObject,
  signal: AbortSignal,
): Promise<boolean> {
  return (await head?.(hash, signal))?.size === size;
}

/** Whether the object that is there has the size of ours; where nobody can look, it has. */
async function isRight(settings: Settings, object: CasObject, signal: AbortSignal): Promise<boolean> {
  return !settings.head || (await isStored(settings, object, signal));
}
