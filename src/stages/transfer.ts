/**
 * Stage: sends the objects that have to travel. Sits between existence-check and the
 * manifest sink. Knows no store: only the calls it is handed.
 */
import type { CasObject } from '../model/cas-object.js';
import type { CheckedUnit, SettledUnit } from '../model/upload-unit.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Stage } from '../pipeline/types.js';

export interface PutCall {
  readonly signal: AbortSignal;
  /** Negative when a failed try is taken back. */
  readonly onBytes: (delta: number) => void;
  /** Write only if nothing has the key. */
  readonly ifAbsent: boolean;
}

/** Stores one object; `created` is false when one was there and stays. */
export type PutObject = (object: CasObject, call: PutCall) => Promise<{ readonly created: boolean }>;

export interface TransferOptions {
  /** Objects on their way at once. */
  readonly concurrency?: number;
  /** Bytes that count for an object read from its file, at most: what bounds large ones side by side. */
  readonly maxBytesPerObject?: number;
  /** Asked when an object turned out to be there: one of another size is replaced. */
  readonly head?: (hash: string, signal: AbortSignal) => Promise<{ readonly size: number } | undefined>;
  /** Told of every digest that the store confirmed. */
  readonly remember?: (hash: string) => void;
}
export const TRANSFER_DEFAULTS: Required<Omit<TransferOptions, 'head' | 'remember'>> = {
  concurrency: 32,
  maxBytesPerObject: 48 * 1024 * 1024,
};

/**
 * Sends every object that is not present.
 *
 * - Shape: one in, one out; order is not kept. Present objects and units without object pass at once.
 * - Errors: those of `put`, unwrapped, fail their item (a body that is not what was hashed is `FileChanged`).
 * - Cancel: unsubscribing aborts every put.
 * - Budget: an object read from its file holds bytes while it travels.
 * - Counters: `sentBytes`.
 * - Source: spec/storage.md 2.5 and 3.4.
 */
export function transfer(put: PutObject, options: TransferOptions = {}): Stage<CheckedUnit, SettledUnit> {
  const settings = { ...TRANSFER_DEFAULTS, ...options };
  const concurrency = positiveInteger('concurrency', settings.concurrency);
  positiveInteger('maxBytesPerObject', settings.maxBytesPerObject);
  return (ctx) =>
    mapLeased<CheckedUnit, SettledUnit>(ctx, concurrency, (unit, signal) => {
      const { object } = unit;
      if (!object || unit.present) return settled(unit, 'skipped');
      return send(ctx, put, settings, unit, object, signal);
    });
}

function settled({ file, objects, object }: CheckedUnit, outcome: SettledUnit['outcome']): SettledUnit {
  return object ? { file, objects, object, outcome } : { file, objects, outcome };
}

async function send(
  ctx: RunContext,
  put: PutObject,
  settings: typeof TRANSFER_DEFAULTS & TransferOptions,
  unit: CheckedUnit,
  object: CasObject,
  signal: AbortSignal,
): Promise<SettledUnit> {
  const reads = object.source.kind === 'file' ? Math.min(object.size, settings.maxBytesPerObject) : 0;
  const lease = reads > 0 ? await ctx.budgets.bytes.acquire(reads, signal) : undefined;
  try {
    const onBytes = (delta: number): void => ctx.progress.add('sentBytes', delta);
    const call = { signal, onBytes, ifAbsent: unit.replaces !== true };
    let { created } = await put(object, call);
    if (!created && settings.head && (await settings.head(object.hash, signal))?.size !== object.size) {
      ({ created } = await put(object, { ...call, ifAbsent: false }));
    }
    settings.remember?.(object.hash);
    return settled(unit, created ? 'sent' : 'skipped');
  } finally {
    lease?.release();
  }
}
