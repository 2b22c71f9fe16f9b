/**
 * One attempt of an upload. A second one follows where the check cache turned out to be
 * wrong (spec/storage.md 3.5), and knows what the first one saw and sent: that is not asked
 * again, and the statistics are those of the whole run.
 */
import { xxh128 } from '../hashing/xxh128.js';
import type { HashedEntry } from '../model/file-item.js';
import { HashSet } from '../model/hash-set.js';
import type { PresetOptions } from './preset-options.js';

export class Attempt {
  /** Objects that the store was seen to hold, sent ones included. */
  readonly #confirmed = new HashSet();
  readonly #sent = new HashSet();
  /** Digests of the paths of files that were read. */
  readonly #read = new HashSet();

  constructor(
    /** What happened before, where the check cache is not believed any more. */
    readonly before?: Attempt,
    /** Keep what another attempt would need. */
    readonly mayFollow = false,
  ) {}

  get trustsCache(): boolean {
    return this.before === undefined;
  }

  confirmed(hash: string, sent: boolean): void {
    if (!this.mayFollow) return;
    this.#confirmed.add(hash);
    if (sent) this.#sent.add(hash);
  }

  read({ path, hashedBy }: HashedEntry): void {
    if (this.mayFollow && hashedBy === 'reading') this.#read.add(digestOf(path));
  }

  hasConfirmed(hash: string): boolean {
    return this.#confirmed.has(hash);
  }

  hasSent(hash: string): boolean {
    return this.#sent.has(hash);
  }

  hasRead({ path }: HashedEntry): boolean {
    return this.#read.has(digestOf(path));
  }
}

const ATTEMPTS = new WeakMap<PresetOptions, Attempt>();

/** Runs `run` with options that {@link attemptOf} knows again. */
export function runAttempt<R>(
  attempt: Attempt,
  options: PresetOptions,
  run: (options: PresetOptions) => Promise<R>,
): Promise<R> {
  const own = { ...options };
  ATTEMPTS.set(own, attempt);
  return run(own);
}

/** The attempt that these options belong to. */
export function attemptOf(options: PresetOptions): Attempt {
  return ATTEMPTS.get(options) ?? new Attempt();
}

function digestOf(path: string): string {
  return xxh128(Buffer.from(path));
}
