/**
 * Entries of a manifest as the text that they have in it, in blocks of bytes: what is kept of
 * an entry beside its path is nothing that the garbage collector has to visit, and at the end
 * little is left to encode. Knows no manifest format; the texts are ASCII.
 */

const BLOCK_ROWS = 512;
const FIRST_ROWS = 8 * BLOCK_ROWS;
/** Bytes of a piece at most, unless one entry is longer. */
const PIECE_BYTES = 256 * 1024;
const COMMA = 0x2c;

export interface EntryText {
  readonly path: string;
  readonly text: string;
}

export class EntryTexts {
  readonly #paths: string[] = [];
  readonly #blocks: Buffer[] = [];
  /** Texts that do not fill a block yet, and their bytes once somebody asks for them. */
  #open: string[] = [];
  #openBlock: Buffer | undefined;
  /** Where the text of a row ends in its block. */
  #ends = new Uint32Array(FIRST_ROWS);

  get count(): number {
    return this.#paths.length;
  }

  add(path: string, text: string): void {
    const row = this.#paths.length;
    if (row === this.#ends.length) this.#grow();
    this.#ends[row] = this.#startOf(row) + text.length;
    this.#paths.push(path);
    this.#open.push(text);
    this.#openBlock = undefined;
    if (this.#open.length < BLOCK_ROWS) return;
    this.#blocks.push(bytesOf(this.#open));
    this.#open = [];
  }

  /** In UTF-16 order of the paths, equal paths in the order in which they came. */
  *sorted(): Generator<EntryText> {
    for (const row of this.#sortedRows()) yield { path: this.#paths[row] as string, text: this.#textOf(row) };
  }

  /**
   * `head`, the sorted texts with commas between them, and `tail`, in pieces of bounded size.
   * `change` makes of each text what is written, no longer than it.
   */
  *pieces(head: string, tail: string, change?: (text: string) => string): Generator<Uint8Array> {
    let piece = Buffer.allocUnsafe(PIECE_BYTES);
    let at = piece.write(head, 'latin1');
    let isFirst = true;
    for (const row of this.#sortedRows()) {
      const [start, end] = [this.#startOf(row), this.#ends[row] as number];
      const room = end - start + 1;
      if (at + room > piece.length) {
        yield piece.subarray(0, at);
        piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, room));
        at = 0;
      }
      if (!isFirst) at = piece.writeUInt8(COMMA, at);
      at += change
        ? piece.write(change(this.#textOf(row)), at, 'latin1')
        : this.#blockOf(row).copy(piece, at, start, end);
      isFirst = false;
    }
    yield piece.subarray(0, at);
    yield Buffer.from(tail, 'latin1');
  }

  #sortedRows(): readonly number[] {
    const paths = this.#paths;
    return Array.from(paths, (_, row) => row).sort((a, b) => {
      const [x, y] = [paths[a] as string, paths[b] as string];
      if (x === y) return 0;
      return x < y ? -1 : 1;
    });
  }

  #textOf(row: number): string {
    return this.#blockOf(row).toString('latin1', this.#startOf(row), this.#ends[row]);
  }

  #blockOf(row: number): Buffer {
    const block = this.#blocks[Math.floor(row / BLOCK_ROWS)];
    if (block) return block;
    this.#openBlock ??= bytesOf(this.#open);
    return this.#openBlock;
  }

  #startOf(row: number): number {
    return row % BLOCK_ROWS === 0 ? 0 : (this.#ends[row - 1] as number);
  }

  #grow(): void {
    const ends = new Uint32Array(2 * this.#ends.length);
    ends.set(this.#ends);
    this.#ends = ends;
  }
}

/** Joined first: many small texts are cheaper to turn into bytes at once. */
function bytesOf(texts: readonly string[]): Buffer {
  return Buffer.from(texts.join(''), 'latin1');
}
