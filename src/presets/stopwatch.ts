/** Measures how long something was at work, for statistics. Work side by side counts once. */
import type { Source } from '../pipeline/types.js';
import { watchedSource } from './watched-source.js';

export class Stopwatch {
  #active = 0;
  #since = 0;
  #seconds = 0;

  constructor(readonly now: () => number = () => performance.now()) {}

  /** Seconds with at least one call at work. */
  get seconds(): number {
    return this.#seconds + (this.#active > 0 ? (this.now() - this.#since) / 1000 : 0);
  }

  /** Runs `work` and counts its time, whether it succeeds or fails. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    this.#start();
    try {
      return await work();
    } finally {
      this.#stop();
    }
  }

  /** `source`, whose time from its first pull to its end is counted. */
  source<T>(source: Source<T>): Source<T> {
    const stop = (): void => this.#stop();
    return watchedSource(source, { begins: () => this.#start(), ends: stop, breaks: stop });
  }

  #start(): void {
    if (this.#active === 0) this.#since = this.now();
    this.#active += 1;
  }

  #stop(): void {
    this.#active -= 1;
    if (this.#active === 0) this.#seconds += (this.now() - this.#since) / 1000;
  }
}
