/** How long the operation at hand will still take, as far as that can be told. Takes its time from the reports. */
import type { TransferProgress } from '../../index.js';
import { doneOf } from './progress-text.js';

/** Seconds. */
export const REMAINING_TIME = {
  /** An operation that runs for less has no rate yet. */
  leastSeconds: 3,
  /** A rate does not hold when nothing has moved for longer. */
  stallSeconds: 15,
  /** What would take longer is not told: the rate is that of a store that hardly answers. */
  mostSeconds: 100 * 3600,
};

export class RemainingTime {
  #operation: TransferProgress['operation'] | undefined;
  /** Where the operation began. */
  #start = { bytes: 0, seconds: 0 };
  #bytes = 0;
  #movedAt = 0;

  /** Seconds left after this report, at the average rate of its operation. To be given every report. */
  after(progress: TransferProgress): number | undefined {
    const { operation, elapsed, overallTotal, overallTotalBytes } = progress;
    const { bytes } = doneOf(progress);
    this.#operation ??= operation;
    if (operation !== this.#operation || bytes < this.#bytes) {
      this.#operation = operation;
      this.#start = { bytes, seconds: elapsed };
    }
    if (bytes !== this.#bytes) this.#movedAt = elapsed;
    this.#bytes = bytes;
    const seconds = elapsed - this.#start.seconds;
    const moved = bytes - this.#start.bytes;
    const { leastSeconds, stallSeconds, mostSeconds } = REMAINING_TIME;
    if (overallTotal === 0 || moved === 0 || seconds < leastSeconds) return undefined;
    if (elapsed - this.#movedAt > stallSeconds) return undefined;
    const left = Math.ceil((Math.max(0, overallTotalBytes - bytes) * seconds) / moved);
    return left < mostSeconds ? left : undefined;
  }
}
