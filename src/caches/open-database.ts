/**
 * Opens a cache file whatever state it is in (spec/storage.md 5.5): waits for locks, sets aside
 * what is corrupt, reads what cannot be written, leaves alone what is somebody else's. Runs in
 * the thread that will own the connection. Knows no rows.
 */
import { accessSync, constants, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import type { ThreadJob } from './cache-messages.js';
import { codeOf, ForeignSchema, troubleOf } from './database-errors.js';
import { openReadOnly } from './open-read-only.js';
import { SCHEMAS, type TableSchema } from './schema.js';
import { keep, pragma, statement } from './statements.js';

/** The library's default of 16 MiB per file fills on a first run of 200,000 files and saves it no time. */
const PAGE_CACHE_KIB = 4096;
const LOCK_TRIES = 3;
const LOCK_WAIT_MS = { least: 500, most: 1500 };

export interface OpenCache {
  readonly db: Database;
  /** Names of the known tables that the file has. */
  readonly tables: ReadonlySet<string>;
  readonly writable: boolean;
}
export type Warn = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/** The open cache, or `undefined` after a warning that says why there is none; without one where nothing is there to look up in. */
export function openDatabase(job: ThreadJob, warn: Warn): OpenCache | undefined {
  if (job.readOnly && !existsSync(job.file)) return undefined;
  let tries = 0;
  let repaired = false;
  for (;;) {
    try {
      return openOnce(job, warn);
    } catch (error) {
      const trouble = troubleOf(error);
      tries += 1;
      if (trouble === 'busy' && tries < LOCK_TRIES) {
        pause(LOCK_WAIT_MS.least + Math.random() * (LOCK_WAIT_MS.most - LOCK_WAIT_MS.least));
      } else if (trouble === 'corrupt' && !repaired && !job.readOnly && setAside(job.file, error, warn)) {
        repaired = true;
      } else {
        warn(`${unusable(job)}: ${reason(error)}`, { file: job.file, code: codeOf(error) });
        return undefined;
      }
    }
  }
}

/** Renames a corrupt file with its side files; `false` when that is not possible. */
export function setAside(file: string, cause: unknown, warn: Warn): boolean {
  const suffix = `.corrupt-${Date.now()}`;
  try {
    renameSync(file, `${file}${suffix}`);
    for (const side of ['-wal', '-shm']) {
      if (existsSync(`${file}${side}`)) renameSync(`${file}${side}`, `${file}${side}${suffix}`);
    }
  } catch {
    return false;
  }
  warn(`the cache file ${file} is corrupt (${reason(cause)}); it was renamed and a new one is used`, {
    file,
    code: codeOf(cause),
    renamedTo: `${file}${suffix}`,
  });
  return true;
}

function openOnce(job: ThreadJob, warn: Warn): OpenCache {
  if (!job.readOnly) makeDirectories(dirname(job.file));
  if (!mayWrite(job.file)) return openForReading(job, warn);
  const db = keep(new Sqlite(job.file, { timeout: job.busyTimeoutMs, fileMustExist: job.readOnly }));
  try {
    const present = knownTables(db, SCHEMAS[job.kind]);
    if (job.readOnly) return { db, tables: present, writable: false };
    preferWal(db);
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec(`PRAGMA cache_size = -${PAGE_CACHE_KIB}`);
    createMissing(db, SCHEMAS[job.kind]);
    return { db, tables: knownTables(db, SCHEMAS[job.kind]), writable: true };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** One by one: a recursive `mkdir` goes round for ever where a directory takes none, as `/proc` does. */
function makeDirectories(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  if (found) throw new Error(`${path} is not a directory`);
  if (dirname(path) !== path) makeDirectories(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error; // made by another process meanwhile
  }
}

function openForReading(job: ThreadJob, warn: Warn): OpenCache {
  if (!existsSync(job.file)) throw new Error('it cannot be created, the directory is read-only');
  const db = openReadOnly(job.file, job.busyTimeoutMs);
  try {
    db.exec(`PRAGMA cache_size = -${PAGE_CACHE_KIB}`);
    const tables = knownTables(db, SCHEMAS[job.kind]);
    if (!job.readOnly) {
      warn(`the cache file ${job.file} is read-only: it is used, and nothing is added`, { file: job.file });
    }
    return { db, tables, writable: false };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** SQLite would quietly open a file that it may not write for reading, and leave side files beside it. */
function mayWrite(file: string): boolean {
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function knownTables(db: Database, schemas: readonly TableSchema[]): Set<string> {
  const present = new Set(statement(db, "SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all());
  const known = schemas.filter(({ name }) => present.has(name));
  for (const { name, columns } of known) {
    const found = statement(db, 'SELECT name FROM pragma_table_info(?) ORDER BY cid').pluck().all(name);
    if (found.join() !== columns.join()) throw new ForeignSchema(`its table ${name} has other columns`);
  }
  return new Set(known.map(({ name }) => name));
}

/** Lets others read while we write; where the file system cannot, the file keeps its mode. */
function preferWal(db: Database): void {
  try {
    if (pragma(db, 'journal_mode') !== 'wal') db.exec('PRAGMA journal_mode = WAL');
  } catch (error) {
    if (troubleOf(error) === 'corrupt') throw error;
  }
}

function createMissing(db: Database, schemas: readonly TableSchema[]): void {
  const present = knownTables(db, schemas);
  const missing = schemas.flatMap(({ name, create }) =>
    present.has(name) || create === undefined ? [] : [create],
  );
  if (missing.length > 0) db.transaction(() => missing.forEach((sql) => void db.exec(sql))).immediate();
}

function unusable({ file, readOnly }: ThreadJob): string {
  return readOnly ? `the cache file ${file} cannot be read` : `the cache ${file} is not used in this run`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
