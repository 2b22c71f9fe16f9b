/** Progress as one bar on a terminal. Knows nothing of when a bar is wanted. */
import cliProgress from 'cli-progress';
import type { TransferProgress } from '../../index.js';
import { detailsOf, percentOf, verbOf } from './progress-text.js';
import type { ProgressView } from './progress-view.js';

interface Payload {
  readonly verb: string;
  readonly details: string;
}

const CLEAR_LINE = '\r\u001b[K';

export class ProgressBar implements ProgressView {
  readonly #stream: NodeJS.WritableStream;
  readonly #bar: cliProgress.SingleBar;
  #started = false;

  constructor(stream: NodeJS.WritableStream) {
    this.#stream = stream;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: (options, params, payload: Payload) =>
        `${payload.verb} |${cliProgress.Format.BarFormat(params.progress, options)}| ${Math.floor(params.progress * 100)}% ${payload.details}`,
      barsize: 24,
      fps: 5,
      emptyOnZero: true,
      // A log line may have taken the bar's place since it was last drawn.
      forceRedraw: true,
      // Signals belong to the run, which cleans up and then stops the bar.
      gracefulExit: false,
    });
  }

  update(progress: TransferProgress): void {
    const payload: Payload = { verb: verbOf(progress), details: detailsOf(progress) };
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
}
