/** Regular files by their absolute path, in columns: a job may have a million, and each waits until all are known. */
import { heldNanoseconds, type TreeEntry } from '../model/file-item.js';

const FIRST_ROWS = 1024;

/** What is kept of a file beside its paths. */
export type FileRow = Pick<TreeEntry, 'sourcePath' | 'size' | 'mtimeNs' | 'ctimeNs' | 'mode'>;

export class EntryTable {
  readonly #rows = new Map<string, number>();
  /** Only where the path is not itself the one that is opened. */
  readonly #sources = new Map<number, string>();
  #sizes = new Float64Array(FIRST_ROWS);
  #modes = new Uint32Array(FIRST_ROWS);
  /** Modification and change, in nanoseconds. */
  #times = new BigInt64Array(2 * FIRST_ROWS);

  get count(): number {
    return this.#rows.size;
  }

  /** Whether `path` is new; what is there already stays. */
  add(path: string, { sourcePath, size, mtimeNs, ctimeNs, mode }: FileRow): boolean {
    if (this.#rows.has(path)) return false;
    const row = this.#rows.size;
    if (row === this.#sizes.length) this.#grow();
    this.#rows.set(path, row);
    if (sourcePath !== path) this.#sources.set(row, sourcePath);
    this.#sizes[row] = size;
    this.#modes[row] = mode;
    this.#times[2 * row] = heldNanoseconds(mtimeNs);
    this.#times[2 * row + 1] = ctimeNs;
    return true;
  }

  /** The file at `path`, which is the path of the entry too. */
  get(path: string): TreeEntry | undefined {
    const row = this.#rows.get(path);
    if (row === undefined) return undefined;
    return {
      path,
      kind: 'file',
      sourcePath: this.#sources.get(row) ?? path,
      size: this.#sizes[row] as number,
      mtimeNs: this.#times[2 * row] as bigint,
      ctimeNs: this.#times[2 * row + 1] as bigint,
      mode: this.#modes[row] as number,
    };
  }

  #grow(): void {
    const [sizes, modes, times] = [this.#sizes, this.#modes, this.#times];
    this.#sizes = new Float64Array(2 * sizes.length);
    this.#modes = new Uint32Array(2 * modes.length);
    this.#times = new BigInt64Array(2 * times.length);
    this.#sizes.set(sizes);
    this.#modes.set(modes);
    this.#times.set(times);
  }
}
