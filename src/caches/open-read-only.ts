/**
 * Opens a database without leaving a trace beside it (spec/storage.md 5.5): a WAL file is read
 * as it stands, which is what SQLite's `immutable=1` does where file names may be URIs.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { keep } from './statements.js';

/** A file beyond this is not read into memory. */
const MOST_BYTES = 1024 * 1024 * 1024;
/** Two bytes of the header say how the file is written and how it is read: 1 journal, 2 WAL. */
const WRITE_FORMAT_AT = 18;
const READ_FORMAT_AT = 19;
const JOURNAL_FORMAT = 1;
const WAL_FORMAT = 2;

export function openReadOnly(file: string, timeout: number): Database {
  if (readFormatOf(file) !== WAL_FORMAT)
    return keep(new Sqlite(file, { readonly: true, fileMustExist: true, timeout }));
  if (sizeOrZero(`${file}-wal`) > 0)
    throw new Error('it is read-only and another process has not finished writing it');
  if (sizeOrZero(file) > MOST_BYTES) throw new Error(`it is read-only and larger than ${MOST_BYTES} bytes`);
  const content = readFileSync(file);
  content[WRITE_FORMAT_AT] = JOURNAL_FORMAT;
  content[READ_FORMAT_AT] = JOURNAL_FORMAT;
  return keep(new Sqlite(content, { readonly: true }));
}

function readFormatOf(file: string): number {
  const header = Buffer.alloc(READ_FORMAT_AT + 1);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header, 0, header.length, 0);
  } finally {
    closeSync(fd);
  }
  return header.readUInt8(READ_FORMAT_AT);
}

function sizeOrZero(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
