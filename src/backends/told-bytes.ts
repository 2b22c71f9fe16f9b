/** How much of one body `onBytes` was told. */
import type { CallOptions } from './storage-client.js';

export class ToldBytes {
  #bytes = 0;

  constructor(private readonly onBytes: CallOptions['onBytes']) {}

  /** So many bytes of the body have moved by now; fewer than before where it begins again. */
  reached(bytes: number): void {
    const delta = bytes - this.#bytes;
    this.#bytes = bytes;
    if (delta !== 0) this.onBytes?.(delta);
  }
}
