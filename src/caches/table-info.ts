/** Counts the rows of a cache file, for people who want to know what it holds. */
import type { TableInfo } from './cache-messages.js';
import type { OpenCache } from './open-database.js';
import { statement } from './statements.js';

/** Columns that say when a row was written; Python's hash tables have none. */
const TIME_COLUMNS: Readonly<Record<string, string>> = { tsHashesV1: 'written', s3checkV1: 'last_seen_time' };

export function tableInfo({ db, tables }: OpenCache): TableInfo[] {
  return Array.from(tables, (name) => {
    const rows = Number(statement(db, `SELECT count(*) FROM ${name}`).pluck().get());
    const column = TIME_COLUMNS[name];
    if (column === undefined) return { name, rows };
    const numeric = `typeof(${column}) IN ('integer', 'real')`;
    const [oldest, newest] = statement(
      db,
      `SELECT min(${column}), max(${column}) FROM ${name} WHERE ${numeric}`,
    )
      .raw(true)
      .get() as [number | null, number | null];
    return {
      name,
      rows,
      ...(oldest !== null && { oldestSeconds: oldest }),
      ...(newest !== null && { newestSeconds: newest }),
    };
  });
}
