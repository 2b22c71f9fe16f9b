/**
 * One of the two output streams: counts what was written and not yet taken, and reports a
 * reader that went away. Knows nothing of what is written.
 */

/** What the command line needs of a stream; `process.stdout` is one. */
export interface CliStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  /** Width of a terminal. */
  readonly columns?: number;
}

export class TextStream {
  readonly #stream: CliStream;
  readonly #pending = new Set<Promise<void>>();
  #closed = false;

  /** `onClosed` is called once, when the reader has gone away. */
  constructor(stream: CliStream, onClosed: () => void = () => {}) {
    this.#stream = stream;
    stream.on('error', () => {
      if (this.#closed) return;
      this.#closed = true;
      onClosed();
    });
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  /** The reader has gone away; what is written now is dropped. */
  get closed(): boolean {
    return this.#closed;
  }

  get raw(): CliStream {
    return this.#stream;
  }

  write(text: string): void {
    if (this.#closed || text === '') return;
    const taken = new Promise<void>((resolve) => {
      this.#stream.write(text, () => resolve());
    });
    this.#pending.add(taken);
    void taken.then(() => this.#pending.delete(taken));
  }

  /** Resolves when everything written so far was taken, or the reader has gone away. */
  async drained(): Promise<void> {
    await Promise.all(this.#pending);
    // The error of a failed write is emitted after its callback.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
