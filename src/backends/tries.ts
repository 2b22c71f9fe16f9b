/** Counts the tries of one call by class of failure and says how long to wait (spec/storage.md 2.4). Makes no call. */
import { StorageError } from '../model/errors.js';
import { OptionError } from '../pipeline/errors.js';
import { positiveInteger } from '../pipeline/options.js';
import { backoffMs } from '../pipeline/retry.js';
import { type RetryClass, retryClassOf } from './retry-classes.js';
import type { CallOptions } from './storage-client.js';

export interface RetrySettings {
  /** Tries of a transient failure, the first included. */
  readonly maxAttempts?: number;
  readonly initialBackoffMs?: number;
  readonly maxBackoffMs?: number;
  readonly backoffMultiplier?: number;
  /** Tries while the store asks for a lower rate. */
  readonly throttleMaxAttempts?: number;
  readonly throttleInitialMs?: number;
}

export const RETRY_DEFAULTS: Required<RetrySettings> = {
  maxAttempts: 3,
  initialBackoffMs: 100,
  maxBackoffMs: 30_000,
  backoffMultiplier: 2,
  throttleMaxAttempts: 12,
  throttleInitialMs: 500,
};

/** New bytes of one transfer after which its transient failures are forgotten. */
export const PROGRESS_RESTARTS_BYTES = 8 * 1024 * 1024;

/**
 * The settings, completed from `defaults`. Throws `OptionError` for one that cannot be used; `where` stands
 * before its name there.
 */
export function checkedSettings(
  settings: RetrySettings,
  defaults: Required<RetrySettings> = RETRY_DEFAULTS,
  where = '',
): Required<RetrySettings> {
  const all = { ...defaults };
  for (const name of Object.keys(RETRY_DEFAULTS) as (keyof RetrySettings)[]) {
    const value = settings[name] ?? defaults[name];
    if (name === 'backoffMultiplier') checkMultiplier(where + name, value);
    else positiveInteger(where + name, value);
    all[name] = value;
  }
  return all;
}

function checkMultiplier(option: string, value: number): void {
  if (!(value >= 1 && Number.isFinite(value))) {
    throw new OptionError(option, `must be at least 1, not ${String(value)}`);
  }
}

export class Tries {
  last: RetryClass = 'never';
  /** Bytes of progress since transient failures were last forgotten. */
  #advanced = 0;
  readonly #counts: Record<RetryClass, number> = {
    throttle: 0,
    transient: 0,
    credentials: 0,
    clock: 0,
    checksum: 0,
    conflict: 0,
    never: 0,
  };

  constructor(
    private readonly settings: Required<RetrySettings>,
    private readonly random: (() => number) | undefined,
  ) {}

  /** Whether a try is left after the failed one. */
  get isLeft(): boolean {
    return this.#counts[this.last] < this.#allowed();
  }

  /** Takes note of a failed try, after which the transfer stood `advancedBytes` further than ever before. */
  note(error: unknown, advancedBytes: number): void {
    this.last = retryClassOf(error);
    this.#advanced += advancedBytes;
    if (this.#advanced >= PROGRESS_RESTARTS_BYTES) {
      this.#counts.transient = 0;
      this.#advanced = 0;
    }
    this.#counts[this.last] += 1;
  }

  /** No try follows, whatever the class; gives `error` back. */
  end(error: unknown): unknown {
    this.last = 'never';
    this.#counts.never += 1;
    return error;
  }

  /** Milliseconds until the next try; `undefined` when there is none. */
  delayMs(error: unknown): number | undefined {
    if (!this.isLeft) return undefined;
    const {
      initialBackoffMs,
      throttleInitialMs,
      maxBackoffMs: maxMs,
      backoffMultiplier: multiplier,
    } = this.settings;
    const initialMs = this.last === 'throttle' ? throttleInitialMs : initialBackoffMs;
    const delay = backoffMs(this.#counts[this.last], { initialMs, maxMs, multiplier }, this.random);
    const asked = error instanceof StorageError ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(delay, Math.min(asked, maxMs));
  }

  #allowed(): number {
    if (this.last === 'throttle') return this.settings.throttleMaxAttempts;
    if (this.last === 'transient') return this.settings.maxAttempts;
    return this.last === 'never' ? 1 : 2;
  }
}

/** The bytes that one call has reported, so that a failed try can be taken back. */
export class Moved {
  readonly changes: CallOptions;
  #now = 0;
  #furthest = 0;

  constructor(private readonly onBytes: CallOptions['onBytes']) {
    const count = (delta: number): void => {
      this.#now += delta;
      onBytes?.(delta);
    };
    this.changes = { onBytes: count };
  }

  /**
   * Reports the bytes of the failed try as negative, but for the `kept` ones that need not travel again.
   * Gives how far the try got beyond all earlier ones.
   */
  takeBack(kept = 0): number {
    const reached = Math.max(this.#now, kept);
    const advanced = Math.max(0, reached - this.#furthest);
    this.#furthest = Math.max(this.#furthest, reached);
    if (this.#now !== kept) this.onBytes?.(kept - this.#now);
    this.#now = kept;
    return advanced;
  }
}
