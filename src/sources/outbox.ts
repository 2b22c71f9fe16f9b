/**
 * Between producers that push and one consumer that pulls: items wait here in order, and
 * producers that ask for room wait while there are too many. Knows nothing of files.
 */
export class Outbox<T> {
  #items: T[] = [];
  #closed = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  #wakeConsumer: (() => void) | undefined;
  #waiting: (() => void)[] = [];

  /** Producers wait while `capacity` items or more are here. */
  constructor(readonly capacity: number) {}

  /** True when nothing more is wanted. */
  get closed(): boolean {
    return this.#closed;
  }

  get size(): number {
    return this.#items.length;
  }

  push(item: T): void {
    if (this.#closed) return;
    this.#items.push(item);
    this.#wake();
  }

  /** No more will come; what is here can still be taken. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The consumer's next take rejects; the first error counts. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.close();
  }

  /** Nothing more is wanted: what is here is dropped, everybody who waits goes on. */
  close(): void {
    this.#closed = true;
    this.#items = [];
    this.end();
    this.#serve();
  }

  /** Resolves when there is room, or when nothing more is wanted. */
  async room(): Promise<void> {
    while (!this.#closed && this.#items.length >= this.capacity) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Everything that is here, at least one item; `undefined` at the end. */
  async take(): Promise<readonly T[] | undefined> {
    while (this.#items.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wakeConsumer = resolve;
      });
    }
    if (this.#failure) throw this.#failure.error;
    if (this.#items.length === 0) return undefined;
    const taken = this.#items;
    this.#items = [];
    this.#serve();
    return taken;
  }

  #wake(): void {
    const wake = this.#wakeConsumer;
    this.#wakeConsumer = undefined;
    wake?.();
  }

  #serve(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }
}
