/** Progress of a task in another thread: looks at its counter from time to time. Knows no thread and no file. */
import type { Control } from './messages.js';

/** Fine enough for a progress bar; messages per piece would cost more than the hashing. */
const LOOK_MS = 50;

export interface ByteWatch {
  /** Rejects when the callback threw. */
  readonly failed: Promise<never>;
  /** Tells what was not told yet. */
  report(): void;
  end(): void;
}

export function watchBytes({ bytes }: Control, onBytes: (delta: number) => void): ByteWatch {
  let told = 0n;
  const report = (): void => {
    const now = Atomics.load(bytes, 0);
    const delta = Number(now - told);
    told = now;
    if (delta !== 0) onBytes(delta);
  };
  let fail: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  const timer = setInterval(() => {
    try {
      report();
    } catch (error) {
      clearInterval(timer);
      fail(error);
    }
  }, LOOK_MS);
  return { failed, report, end: () => clearInterval(timer) };
}
