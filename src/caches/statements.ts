/**
 * Connections and statements that last as long as the thread that made them. A package of
 * SQLite compiled with the headers of Node 24.21 aborts the whole process when one of its
 * objects is collected as garbage while no script runs, in every fourth run of a few hundred
 * files: here none becomes garbage. Each text is prepared once, which is quicker, too.
 */
import type { Database, Statement } from 'better-sqlite3';

const kept = new Map<Database, Map<string, Statement<unknown[], unknown>>>();

/** Remembers a connection, also when it is closed. */
export function keep(db: Database): Database {
  if (!kept.has(db)) kept.set(db, new Map());
  return db;
}

/** The one statement of this text; whoever sets its form (`raw`, `pluck`) sets it for all who ask for the text. */
export function statement(db: Database, sql: string): Statement<unknown[], unknown> {
  const known = kept.get(keep(db)) ?? new Map<string, Statement<unknown[], unknown>>();
  const found = known.get(sql) ?? db.prepare<unknown[], unknown>(sql);
  known.set(sql, found);
  return found;
}

/** The value of a setting. Setting one is for `exec`, which makes no statement. */
export function pragma(db: Database, name: string): unknown {
  return statement(db, `PRAGMA ${name}`).pluck(true).get();
}
