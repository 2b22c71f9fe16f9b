/** Progress as one bar on a terminal. Knows nothing of when a bar is wanted. */
import cliProgress from 'cli-progress';
import type { TransferProgress } from '../../index.js';
import { detailsOf, percentOf, verbOf } from './progress-text.js';
import type { ProgressView } from './progress-view.js';
import { RemainingTime } from './remaining-time.js';
import type { CliStream } from './text-stream.js';

interface Payload {
  readonly verb: string;
  readonly details: string;
}

/** Characters of the bar itself, as many as the words leave room for. */
const BAR = { least: 4, most: 24, terminalColumns: 80 };
const CLEAR_LINE = '\r\u001b[K';
const SAVE_CURSOR = '\u001b7';
const RESTORE_CURSOR = '\u001b8';

export class ProgressBar implements ProgressView {
  readonly #stream: CliStream;
  readonly #bar: cliProgress.SingleBar;
  readonly #remaining = new RemainingTime();
  #started = false;

  constructor(stream: CliStream) {
    this.#stream = stream;
    this.#bar = new cliProgress.SingleBar({
      stream: stayingBelow(stream),
      format: (options, params, payload: Payload) => this.#line(options, params.progress, payload),
      barsize: BAR.most,
      // Cut at the terminal's width here; switching the terminal's own wrapping off would outlive a hard exit.
      linewrap: true,
      fps: 5,
      emptyOnZero: true,
      // A log line may have taken the bar's place since it was last drawn.
      forceRedraw: true,
      // Signals belong to the run, which cleans up and then stops the bar.
      gracefulExit: false,
    });
  }

  update(progress: TransferProgress, verb = verbOf(progress)): void {
    const details = detailsOf(progress, this.#remaining.after(progress), '/');
    const payload: Payload = { verb, details };
    if (this.#started) this.#bar.update(percentOf(progress), payload);
    else this.#bar.start(100, percentOf(progress), payload);
    this.#started = true;
  }

  clear(): void {
    if (this.#started) this.#stream.write(CLEAR_LINE);
  }

  finish(): void {
    if (this.#started) this.#bar.stop();
    this.#started = false;
  }

  #line(options: cliProgress.Options, share: number, { verb, details }: Payload): string {
    const words = `${Math.floor(share * 100)}% ${details}`;
    const columns = this.#stream.columns || BAR.terminalColumns;
    const room = columns - verb.length - words.length - ' || '.length - 1;
    const barsize = Math.max(BAR.least, Math.min(BAR.most, room));
    return `${verb} |${cliProgress.Format.BarFormat(share, { ...options, barsize })}| ${words}`;
  }
}

/**
 * The stream without the steps back to where the bar began, which cli-progress makes when the bar ends: log lines have
 * been written there since, and the results would overwrite them.
 */
function stayingBelow(stream: CliStream): CliStream {
  const write = (text: string): boolean =>
    text === SAVE_CURSOR || text === RESTORE_CURSOR || stream.write(text);
  return Object.create(stream, { write: { value: write } }) as CliStream;
}
