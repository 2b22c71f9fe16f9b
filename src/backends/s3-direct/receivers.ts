/** Where bodies go: into memory of their announced size, or into a local file that slows the sender down. Knows no S3. */
import type { FileHandle } from 'node:fs/promises';
import { type TargetRequest, writeAll } from '../target-file.js';
import type { Receiver } from './answer.js';

type Count = ((delta: number) => void) | undefined;

export class MemoryReceiver implements Receiver {
  #bytes: Buffer;
  #length = 0;

  /** `announced` is the expected size in bytes, 0 when it is not known. */
  constructor(
    announced: number,
    private readonly onBytes: Count,
  ) {
    this.#bytes = Buffer.allocUnsafeSlow(announced);
  }

  /** What has arrived. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  data(piece: Buffer): boolean {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(piece, this.#length);
    this.#length = length;
    this.onBytes?.(piece.length);
    return true;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(least, this.#bytes.length * 2));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}

/** Bytes that wait for the disk before the sender is held back. */
const WAITING_BYTES = 1024 * 1024;

export class FileReceiver implements Receiver {
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #position: number;
  #writing: Promise<void> | undefined;
  #failure: unknown;
  #held = false;

  constructor(
    private readonly request: TargetRequest,
    private readonly handle: FileHandle,
    offset: number,
    private readonly resume: () => void,
    private readonly onBytes: Count,
  ) {
    this.#position = offset;
  }

  data(piece: Buffer): boolean {
    if (this.#failure !== undefined) throw this.#failure;
    this.#waiting.push(piece);
    this.#waitingBytes += piece.length;
    this.#writing ??= this.#write();
    this.#held = this.#waitingBytes > WAITING_BYTES;
    return !this.#held;
  }

  /** Resolves when nothing is being written any more; rejects with what a write failed with. */
  async settled(): Promise<void> {
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const bytes =
          this.#waiting.length === 1 ? (this.#waiting[0] as Buffer) : Buffer.concat(this.#waiting);
        this.#waiting = [];
        await writeAll(this.request, this.handle, bytes, this.#position);
        this.#position += bytes.length;
        this.#waitingBytes -= bytes.length;
        this.onBytes?.(bytes.length);
        this.#release();
      }
    } catch (error) {
      this.#failure = error;
      this.#release(); // the next piece reports it
    } finally {
      this.#writing = undefined;
    }
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.resume();
  }
}
