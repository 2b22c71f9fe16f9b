/**
 * Signals of one run: the first one aborts it, the second one ends the process at once
 * (spec/worker-and-cli.md 2 and 4.2), with the last words of whoever had no time to clean up. Knows nothing of what is aborted.
 */
import { EXIT } from './errors.js';

/** Where signals come from; `process` is one. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Ends the process at once, by a second signal or else with its code, after these words. */
export type ExitNow = (signal: NodeJS.Signals, code: number, lastWords: string) => void;

const EXIT_CODES: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
  // What CTRL_BREAK becomes on Windows, where the service that starts us can send nothing else.
  ['SIGBREAK', EXIT.interrupted],
];

export class SignalGate {
  readonly #source: SignalSource;
  readonly #abort = new AbortController();
  readonly #exitNow: ExitNow;
  readonly #words = new Set<() => string>();
  readonly #listeners = new Map<NodeJS.Signals, () => void>();
  #exitCode: number | undefined;

  constructor(source: SignalSource, exitNow: ExitNow) {
    this.#source = source;
    this.#exitNow = exitNow;
    for (const [signal, code] of EXIT_CODES) this.#listen(signal, code);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Exit code of the signal that came, if one came. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Lets `words` say, whenever the process ends, what is left behind then: lines, or nothing. */
  onEnd(words: () => string): void {
    this.#words.add(words);
  }

  /** What is left behind by a process that ends now. */
  lastWords(): string {
    return [...this.#words].map((words) => words()).join('');
  }

  /** Aborts without a signal, for example when nobody reads the output any more. */
  abort(): void {
    this.#abort.abort();
  }

  close(): void {
    for (const [signal, listener] of this.#listeners) this.#source.off(signal, listener);
  }

  #listen(signal: NodeJS.Signals, code: number): void {
    if (signal === 'SIGBREAK' && process.platform !== 'win32') return;
    const listener = (): void => {
      if (this.#exitCode !== undefined) this.#exitNow(signal, code, this.lastWords());
      this.#exitCode ??= code;
      this.#abort.abort();
    };
    this.#listeners.set(signal, listener);
    this.#source.on(signal, listener);
  }
}
