/** Memory for what is handed to a thread to be written, used again and again: the thread's collector would be late with it. */

const LEAST_BYTES = 64 * 1024;

export class SharedBuffers {
  readonly #free: SharedArrayBuffer[] = [];

  /** At least `bytes`, with what was in it before. */
  take(bytes: number): SharedArrayBuffer {
    const at = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    const [free] = at < 0 ? [] : this.#free.splice(at, 1);
    return free ?? new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes, LEAST_BYTES))));
  }

  /** No thread looks at it any more. */
  give(buffer: SharedArrayBuffer): void {
    this.#free.push(buffer);
  }
}
