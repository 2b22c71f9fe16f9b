/** An object on its way to the store, and the file that it belongs to. Plain data between the upload stages. */
import type { CasObject } from './cas-object.js';
import type { HashedEntry } from './file-item.js';

export interface UploadUnit {
  /** The file, directory or link; the same value in every unit of one file. */
  readonly file: HashedEntry;
  /** Objects of the file. 0: an entry without content, which has one unit without object. */
  readonly objects: number;
  readonly object?: CasObject;
}

/** Why an object need not travel: this run sends it already, a trusted cache knows it, or the store answered. */
export type Presence = 'duplicate' | 'cached' | 'stored';

export interface CheckedUnit extends UploadUnit {
  readonly present?: Presence;
  /** An object of another size has the key: it is replaced. */
  readonly replaces?: boolean;
  /** The store was not asked: a conditional put finds out. */
  readonly unchecked?: boolean;
}

export interface SettledUnit extends UploadUnit {
  /** `sent`: this run stored the object. `skipped`: it was there. */
  readonly outcome: 'sent' | 'skipped';
}

/** What a transfer did, in files and bytes; a chunked file is one file and is skipped only if all its chunks were. */
export interface TransferTally {
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly processedFiles: number;
  readonly processedBytes: number;
  readonly skippedFiles: number;
  readonly skippedBytes: number;
}
/** To be copied where counting begins. */
export const EMPTY_TALLY: TransferTally = {
  totalFiles: 0,
  totalBytes: 0,
  processedFiles: 0,
  processedBytes: 0,
  skippedFiles: 0,
  skippedBytes: 0,
};
