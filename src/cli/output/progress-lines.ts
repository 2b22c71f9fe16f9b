/**
 * Progress as plain lines for pipes and log files: one per ten percent or thirty seconds, at
 * most (spec/worker-and-cli.md 4.2). Knows no terminal and no escape sequence.
 */
import type { TransferProgress } from '../../index.js';
import { detailsOf, percentOf, verbOf } from './progress-text.js';
import type { ProgressView } from './progress-view.js';
import { RemainingTime } from './remaining-time.js';

export const PROGRESS_LINE_DEFAULTS = { percentStep: 10, intervalMs: 30_000 };

export class ProgressLines implements ProgressView {
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #remaining = new RemainingTime();
  #step = 0;
  #lastMs: number;

  /** `now` gives milliseconds of a clock that never goes back. */
  constructor(write: (text: string) => void, now: () => number) {
    this.#write = write;
    this.#now = now;
    this.#lastMs = now();
  }

  update(progress: TransferProgress, verb = verbOf(progress)): void {
    const remaining = this.#remaining.after(progress);
    const percent = percentOf(progress);
    const step = Math.floor(percent / PROGRESS_LINE_DEFAULTS.percentStep);
    // The share falls while a tree is still walked, or where another operation begins.
    this.#step = Math.min(this.#step, step);
    const overdue = this.#now() - this.#lastMs >= PROGRESS_LINE_DEFAULTS.intervalMs;
    if (step <= this.#step && !overdue) return;
    this.#step = step;
    this.#lastMs = this.#now();
    const share = progress.overallTotal > 0 ? `${percent}%, ` : '';
    this.#write(`${verb}: ${share}${detailsOf(progress, remaining)}\n`);
  }

  clear(): void {}

  finish(): void {}
}
