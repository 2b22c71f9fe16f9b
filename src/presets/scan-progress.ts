/**
 * Progress of a run that reads a tree, phase by phase (spec/files-and-submission.md 1.5). Watches
 * the source and what reaches the sink. Knows no file system: presets put it into their pipelines.
 */
import { setMaxListeners } from 'node:events';
import { tap } from 'rxjs';
import type { TreeEntry } from '../model/file-item.js';
import { OptionError } from '../pipeline/errors.js';
import type { Source, Stage } from '../pipeline/types.js';
import type { PresetOptions } from './preset-options.js';
import { watchedSource } from './watched-source.js';

const PHASES = ['walking', 'filtering', 'hashing', 'building', 'complete'] as const;
/**
 * A phase is over when its last file is: files are filtered and hashed while the walk is still
 * finding others, so what is left of `filtering` after `walking` is nothing.
 */
export type ScanPhase = (typeof PHASES)[number];

export interface ScanProgress {
  /** Never goes back. Phases that a run does not have are not told. */
  readonly phase: ScanPhase;
  /** Path, relative to the root, of the file that was done last; empty before the first. */
  readonly currentPath: string;
  /** Files done, whatever the phase. */
  readonly filesProcessed: number;
  /** Unset while walking. */
  readonly totalFiles?: number;
  /** Those of a file count while it is hashed. */
  readonly bytesProcessed: number;
  /** Unset while walking. */
  readonly totalBytes?: number;
}

/** Answering `false`, or a promise of it, cancels the run: it rejects with `CancelledError`, and nothing more is told. */
export type ScanListener = (progress: ScanProgress) => unknown;

export interface ScanOptions {
  /**
   * Called at first, at each change of phase, at the end, and in between after fifty files or a
   * second, whichever comes first.
   */
  readonly onScan?: ScanListener;
}

export interface ScanShape {
  /** Something chooses among the files. */
  readonly filtering: boolean;
  /** Contents are read. */
  readonly hashing: boolean;
  readonly intervalMs?: number;
  readonly everyFiles?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}
export const SCAN_DEFAULTS: Required<Pick<ScanShape, 'intervalMs' | 'everyFiles' | 'now'>> = {
  intervalMs: 1000,
  everyFiles: 50,
  now: () => performance.now(),
};

/** The reports of one run. Without a listener every method hands on what it was given. */
export class ScanReport {
  readonly #shape: Required<ScanShape>;
  readonly #stop = new AbortController();
  readonly #found = { files: 0, bytes: 0 };
  readonly #done = { files: 0, bytes: 0, path: '' };
  /** Bytes done as the run's own reports say it, within files too. */
  #runBytes = 0;
  readonly #told = { files: 0, atMs: 0 };
  #phase: ScanPhase = 'walking';
  #closed = false;
  #thrown: { readonly error: unknown } | undefined;

  constructor(
    readonly listener: ScanListener | undefined,
    shape: ScanShape,
  ) {
    if (listener !== undefined && typeof listener !== 'function')
      throw new OptionError('onScan', `must be a function, not ${String(listener)}`);
    this.#shape = { ...SCAN_DEFAULTS, ...shape };
  }

  /** The source behind everything that chooses files: what passes here is the total. */
  source(source: Source<TreeEntry>): Source<TreeEntry> {
    if (!this.listener) return source;
    return watchedSource(source, {
      begins: () => this.#tell(),
      passes: (entry) => count(this.#found, entry),
      ends: () => this.#walked(),
    });
  }

  /** Stands before the sink. */
  stage<T>(fileOf: (item: T) => TreeEntry): Stage<T, T> {
    return () => (items) => {
      if (!this.listener) return items;
      return items.pipe(
        tap({ next: ({ value }) => this.#settled(fileOf(value)), complete: () => this.#enter('building') }),
      );
    };
  }

  /** Runs `body` with options through which the listener can cancel; a listener that throws fails the run with its error. */
  async run<R>(options: PresetOptions, body: (options: PresetOptions) => Promise<R>): Promise<R> {
    if (!this.listener) return body(options);
    const { signal } = options;
    const forward = (): void => this.#cancel(signal?.reason);
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', forward, { once: true });
    if (signal?.aborted) forward();
    try {
      return await body({ ...options, signal: this.#stop.signal, onProgress: this.#heard(options) });
    } catch (error) {
      throw this.#thrown ? this.#thrown.error : error;
    } finally {
      this.#closed = true;
      signal?.removeEventListener('abort', forward);
    }
  }

  /** The run's own reports are the clock, and its last one says that all went well. */
  #heard({ onProgress }: PresetOptions): Required<PresetOptions>['onProgress'] {
    return (progress) => {
      this.#runBytes = progress.overallBytes;
      if (progress.status !== 'COMPLETE') {
        if (this.#isDue()) this.#tell();
        return onProgress?.(progress);
      }
      const answer = this.#enter('complete');
      if (!isPromise(answer)) return this.#stop.signal.aborted ? false : onProgress?.(progress);
      return answer.then((late) => (late === false ? false : onProgress?.(progress)));
    };
  }

  #walked(): void {
    if (this.#shape.filtering) this.#enter('filtering');
    if (this.#shape.hashing) this.#enter('hashing');
  }

  #settled(entry: TreeEntry): void {
    if (entry.kind !== 'file') return;
    count(this.#done, entry);
    this.#done.path = entry.path;
    if (this.#done.files - this.#told.files >= this.#shape.everyFiles) this.#tell();
  }

  #isDue(): boolean {
    return this.#shape.now() - this.#told.atMs >= this.#shape.intervalMs;
  }

  /** What the listener answered. */
  #enter(phase: ScanPhase): unknown {
    if (PHASES.indexOf(phase) <= PHASES.indexOf(this.#phase)) return undefined;
    this.#phase = phase;
    return this.#tell();
  }

  #tell(): unknown {
    if (this.#closed) return undefined;
    this.#told.files = this.#done.files;
    this.#told.atMs = this.#shape.now();
    try {
      const answer = this.listener?.(this.#progress());
      if (isPromise(answer)) answer.then((late) => this.#judge(late), this.#fail);
      else this.#judge(answer);
      return answer;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #progress(): ScanProgress {
    const { files, path } = this.#done;
    const bytes = Math.max(this.#done.bytes, this.#runBytes);
    const done = { phase: this.#phase, currentPath: path, filesProcessed: files, bytesProcessed: bytes };
    if (this.#phase === 'walking') return done;
    // A file that changed between the walk and its hashing counts as it was hashed.
    const total = this.#phase === 'complete' ? { files, bytes } : this.#found;
    return { ...done, totalFiles: total.files, totalBytes: total.bytes };
  }

  #judge(answer: unknown): void {
    if (answer === false) this.#cancel();
  }

  readonly #fail = (error: unknown): void => {
    this.#thrown ??= { error };
    this.#cancel();
  };

  #cancel(reason?: unknown): void {
    this.#closed = true;
    this.#stop.abort(reason);
  }
}

function count(into: { files: number; bytes: number }, { kind, size }: TreeEntry): void {
  if (kind !== 'file') return;
  into.files += 1;
  into.bytes += size;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
