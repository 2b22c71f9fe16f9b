/** Lookups and writes of the check cache, inside the thread that owns its database (spec/storage.md 5.4, 3.5). */

import type { Database, Statement } from 'better-sqlite3';
import type { CheckBatch } from './cache-messages.js';
import { parted } from './joined.js';
import { expiredUntil, judgeSeen } from './seen-time.js';
import { statement } from './statements.js';

export class CheckTable {
  private readonly select: Statement<unknown[], unknown> | undefined;

  constructor(
    private readonly db: Database,
    tables: ReadonlySet<string>,
    private readonly ttlDays: number,
    private readonly onUnparsable: (key: string) => void,
  ) {
    if (!tables.has('s3checkV1')) return;
    this.select = statement(db, 'SELECT last_seen_time FROM s3checkV1 WHERE s3_key = ?').raw(true);
  }

  /** 1 per key that was seen, and not too long ago. */
  lookup({ keys, nowSeconds }: CheckBatch): Uint8Array {
    const read = this.db.transaction(() =>
      Uint8Array.from(parted(keys), (key) => (this.isSeen(key, nowSeconds) ? 1 : 0)),
    );
    return read();
  }

  /** The time goes in as text, as Python writes it; the column makes a number of it. */
  store({ keys, nowSeconds }: CheckBatch): void {
    const insert = statement(this.db, 'INSERT OR REPLACE INTO s3checkV1 VALUES (?, ?)');
    const time = String(nowSeconds);
    const write = this.db.transaction(() => {
      for (const key of parted(keys)) insert.run(key, time);
    });
    write.immediate();
  }

  reset(prefix: string): void {
    statement(this.db, `DELETE FROM s3checkV1 WHERE ${BELOW_PREFIX}`).run({ prefix });
  }

  prune(nowSeconds: number, prefix: string): void {
    statement(
      this.db,
      `DELETE FROM s3checkV1 WHERE ${BELOW_PREFIX} AND typeof(last_seen_time) <> 'text' AND last_seen_time <= @until`,
    ).run({ prefix, until: expiredUntil(nowSeconds, this.ttlDays) });
  }

  private isSeen(key: string, nowSeconds: number): boolean {
    const row = this.select?.get(key) as readonly [unknown] | undefined;
    if (row === undefined) return false;
    const answer = judgeSeen(row[0], nowSeconds, this.ttlDays);
    if (answer === 'unparsable') this.onUnparsable(key);
    return answer === 'hit';
  }
}

/** The first part lets the index skip what lies before; LIKE would ignore case. */
const BELOW_PREFIX = 's3_key >= @prefix AND substr(s3_key, 1, length(@prefix)) = @prefix';
