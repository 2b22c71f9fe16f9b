/** Counts the objects of each file until the file is whole, and tallies what happened to it. */
import type { HashedEntry } from '../model/file-item.js';
import { EMPTY_TALLY, type SettledUnit, type TransferTally } from '../model/upload-unit.js';

export class FileAssembly {
  /** Files of several objects that are not whole yet. */
  readonly #open = new Map<HashedEntry, { missing: number; sent: boolean }>();
  readonly #transfer: Tally = { ...EMPTY_TALLY };
  readonly #hashing: Tally = { ...EMPTY_TALLY };

  /** The file of `unit` when this was its last object, else `undefined`. */
  accept({ file, objects, outcome }: SettledUnit): HashedEntry | undefined {
    let sent = outcome === 'sent';
    if (objects > 1) {
      const state = this.#open.get(file) ?? { missing: objects, sent: false };
      state.missing -= 1;
      state.sent ||= sent;
      sent = state.sent;
      if (state.missing > 0) {
        this.#open.set(file, state);
        return undefined;
      }
      this.#open.delete(file);
    }
    if (file.kind === 'file') this.#count(file, sent);
    return file;
  }

  /** What travelled and what was there. */
  get transferred(): TransferTally {
    return { ...this.#transfer };
  }

  /** What was hashed and what was known. */
  get hashed(): TransferTally {
    return { ...this.#hashing };
  }

  #count(file: HashedEntry, sent: boolean): void {
    add(this.#transfer, file.size, sent);
    add(this.#hashing, file.size, file.hashedBy === 'reading');
  }
}

type Tally = { -readonly [Name in keyof TransferTally]: TransferTally[Name] };

function add(tally: Tally, size: number, processed: boolean): void {
  tally.totalFiles += 1;
  tally.totalBytes += size;
  if (processed) {
    tally.processedFiles += 1;
    tally.processedBytes += size;
  } else {
    tally.skippedFiles += 1;
    tally.skippedBytes += size;
  }
}
