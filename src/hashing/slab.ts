/** Memory for the bodies of small files: a few large buffers that are handed over whole. Knows no file. */

/** Large enough to share one message among many files, small enough to be given back soon. */
const SLAB_BYTES = 256 * 1024;
/** Size of the first; the next ones double. A task of tiny files would else leave a large one for the collector. */
const FIRST_SLAB_BYTES = 8 * 1024;

export class Slab {
  /** Every buffer that was handed out, to be transferred with the answer. */
  readonly buffers: ArrayBuffer[] = [];
  private free = new Uint8Array(0);
  private next = FIRST_SLAB_BYTES;

  /** `size` bytes; a body that would fill most of a slab gets a buffer of its own. */
  take(size: number): Uint8Array {
    if (size > SLAB_BYTES / 4) return new Uint8Array(this.allocate(size));
    if (size > this.free.length) {
      while (this.next < size) this.next *= 2;
      this.free = new Uint8Array(this.allocate(this.next));
      this.next = Math.min(SLAB_BYTES, this.next * 2);
    }
    const taken = this.free.subarray(0, size);
    this.free = this.free.subarray(size);
    return taken;
  }

  private allocate(size: number): ArrayBuffer {
    const buffer = new ArrayBuffer(size);
    this.buffers.push(buffer);
    return buffer;
  }
}
