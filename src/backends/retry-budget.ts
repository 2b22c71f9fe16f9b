/**
 * What a client may repeat, all calls together, so that a store in distress is not met by a
 * thousand calls that each repeat themselves. Retries beyond the budget are not refused but put
 * off, each to a turn of its own: an item may use all its tries (spec/storage.md 7, fault 1), and
 * since no turn is further off than the longest backoff, the time of a call stays bounded (fault 2).
 * A budget that refuses is what the AWS SDK has: of 200 parallel calls it lets 35 retry.
 */
import type { Clock } from '../pipeline/types.js';

export interface RetryBudgetSettings {
  /** Retries that need no turn, after a time without any. */
  readonly burst: number;
  /** Turns per second. */
  readonly perSecond: number;
  /** Turns that each success adds: a store that answers most calls is repeated to more often. */
  readonly perSuccess: number;
}

export const RETRY_BUDGET_DEFAULTS: RetryBudgetSettings = { burst: 100, perSecond: 50, perSuccess: 0.1 };

export class RetryBudget {
  readonly #settings: RetryBudgetSettings;
  /** Below zero, turns that were given away before their time. */
  #turns: number;
  #filledAt: number;

  constructor(
    private readonly clock: Pick<Clock, 'monotonic'>,
    settings: Partial<RetryBudgetSettings> = {},
  ) {
    this.#settings = { ...RETRY_BUDGET_DEFAULTS, ...settings };
    this.#turns = this.#settings.burst;
    this.#filledAt = clock.monotonic();
  }

  succeeded(): void {
    this.#add(this.#settings.perSuccess);
  }

  /** Takes a turn: milliseconds until it comes, `maxMs` at most. */
  take(maxMs: number): number {
    const { perSecond } = this.#settings;
    const now = this.clock.monotonic();
    this.#add(((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    this.#turns = Math.max(this.#turns - 1, (-maxMs / 1000) * perSecond);
    return Math.max(0, (-this.#turns / perSecond) * 1000);
  }

  #add(turns: number): void {
    this.#turns = Math.min(this.#settings.burst, this.#turns + turns);
  }
}
