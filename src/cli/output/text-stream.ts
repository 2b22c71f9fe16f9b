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
  readonly #onClosed: () => void;
  #closed = false;
  #failure: Error | undefined;

  /** `onClosed` is called once, when the reader has gone away or what is written gets lost. */
  constructor(stream: CliStream, onClosed: () => void = () => {}) {
    this.#stream = stream;
    this.#onClosed = onClosed;
    stream.on('error', (error: Error) => this.#fail(error));
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true;
  }

  /** The reader has gone away; what is written now is dropped. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Why what was written got lost; nothing where the reader had only gone away. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  get raw(): CliStream {
    return this.#stream;
  }

  write(text: string): void {
    if (this.#closed || text === '') return;
    const taken = new Promise<void>((resolve) => {
      this.#stream.write(text, (error) => {
        if (error) this.#fail(error); // a file's stream tells it again only once it is closed
        resolve();
      });
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

  #fail(error: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    if (!isGone(error)) this.#failure = error;
    this.#onClosed();
  }
}

/** Whether an error says that the reader has gone away, as `head` does. */
function isGone(error: NodeJS.ErrnoException): boolean {
  return error.code === 'EPIPE' || error.code === 'ECONNRESET' || error.code === 'EOF';
}
