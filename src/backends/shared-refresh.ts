/**
 * Renewal of expired credentials for all calls of a client (spec/storage.md 2.4; 7, faults 22
 * and 23): one refresh for those that fail together, none for those that began before it, and
 * one error for all once a refresh does not help. Makes no store call.
 */
import { copyOf, StorageError } from '../model/errors.js';
import type { Clock } from '../pipeline/types.js';

/** How long calls are refused after a refresh did not help; then somebody may have signed in again. */
export const EXPIRED_HOLD_MS = 30_000;

export class SharedRefresh {
  /** Counts refreshes: a call remembers the one that its credentials came from. */
  generation = 0;
  #running: Promise<void> | undefined;
  #refusal: { readonly error: StorageError; readonly until: number } | undefined;

  constructor(
    private readonly refresh: (() => Promise<void>) | undefined,
    private readonly clock: Pick<Clock, 'monotonic'>,
  ) {}

  /** The one error, always the same object, while credentials are known not to be renewable. */
  get refusal(): StorageError | undefined {
    return this.#refusal !== undefined && this.clock.monotonic() < this.#refusal.until
      ? this.#refusal.error
      : undefined;
  }

  /** Renews what `error` called expired, unless that has happened since `generation`. Rejects with the one error. */
  async renew(generation: number, error: unknown): Promise<void> {
    if (generation !== this.generation) return;
    this.#running ??= this.#renew().finally(() => {
      this.#running = undefined;
    });
    try {
      await this.#running;
    } catch (cause) {
      throw this.refuse(error, cause);
    }
  }

  /** Credentials were renewed and `error` says they are expired all the same. Gives the one error. */
  refuse(error: unknown, cause?: unknown): unknown {
    if (!(error instanceof StorageError)) return error;
    const known = this.refusal;
    if (known !== undefined) return known;
    const one = cause === undefined ? error : copyOf(error, error.kind, { cause });
    this.#refusal = { error: one, until: this.clock.monotonic() + EXPIRED_HOLD_MS };
    return one;
  }

  async #renew(): Promise<void> {
    await this.refresh?.();
    this.generation += 1;
  }
}
