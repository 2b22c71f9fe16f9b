/** What a failed call on a database means for the cache in it (spec/storage.md 5.5). */

export type DatabaseTrouble = 'corrupt' | 'busy' | 'other';

export function troubleOf(error: unknown): DatabaseTrouble {
  const code = codeOf(error);
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_IOERR_SHORT_READ')
    return 'corrupt';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'busy';
  return 'other';
}

/** Does what another run can do as well: a locked file or a full disk leaves it out, a corrupt file is still a failure. */
export function ifPossible(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (troubleOf(error) === 'corrupt') throw error;
  }
}

/** SQLite's or the system's name of the failure, or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The file holds tables of our names with other columns: it belongs to another program or a later release. */
export class ForeignSchema extends Error {}
