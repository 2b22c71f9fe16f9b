/** Lookups and writes of the hash cache, inside the thread that owns its database (spec/storage.md 5.3). */

import type { Database, Statement } from 'better-sqlite3';
import { type HashLookup, type HashStore, RANGE_STRIDE, TIME_STRIDE } from './cache-messages.js';
import { ifPossible } from './database-errors.js';
import { isWholeFile } from './hash-rules.js';
import { joined, parted } from './joined.js';
import { isFreshMtime, pythonLocalTime } from './mtime-forms.js';
import { hasLoneSurrogate, pathBlob } from './path-blob.js';
import { statement } from './statements.js';

const DAY_SECONDS = 86_400;
/** Rows that no lookup used for so long are pruned. */
const UNUSED_DAYS = 90;
/** How old a row's last use must be before another use is written down. */
const TOUCH_DAYS = 7;

interface Query {
  readonly path: string;
  readonly blob: Buffer;
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}
/** size, mtime_ns, ctime_ns, hash, written */
type OwnRow = readonly [bigint, bigint, bigint, string, bigint];
/** file_hash, last_modified_time */
type PythonRow = readonly [unknown, unknown];
type Select = Statement<unknown[], unknown>;

export class HashTables {
  private readonly fresh: Select | undefined;
  private readonly own: Select | undefined;
  private readonly v4: Select | undefined;
  private readonly v3: Select | undefined;
  private readonly v2: Select | undefined;

  constructor(
    private readonly db: Database,
    tables: ReadonlySet<string>,
    private readonly writable: boolean,
  ) {
    const select = (table: string, sql: string): Select | undefined =>
      tables.has(table) ? statement(db, sql).raw(true).safeIntegers(true) : undefined;
    const older = "WHERE file_path = ? AND hash_algorithm = 'xxh128'";
    this.fresh = tables.has('tsHashesV1')
      ? statement(
          db,
          "SELECT hash FROM tsHashesV1 WHERE path = ? AND alg = 'xxh128' AND range_start = ? AND range_end = ? AND size = ? AND mtime_ns = ? AND ctime_ns = ? AND written >= ?",
        ).pluck(true)
      : undefined;
    this.own = select(
      'tsHashesV1',
      "SELECT size, mtime_ns, ctime_ns, hash, written FROM tsHashesV1 WHERE path = ? AND alg = 'xxh128' AND range_start = ? AND range_end = ?",
    );
    this.v4 = select(
      'hashesV4',
      `SELECT file_hash, last_modified_time FROM hashesV4 ${older} AND range_start = ? AND range_end = ?`,
    );
    this.v3 = select('hashesV3', `SELECT file_hash, last_modified_time FROM hashesV3 ${older}`);
    this.v2 = select('hashesV2', `SELECT file_hash, last_modified_time FROM hashesV2 ${older}`);
  }

  /** One hash per query, empty where none is known; {@link joined}. */
  lookup(batch: HashLookup): string {
    const used: Query[] = [];
    const touchBefore = BigInt(Math.floor(batch.nowSeconds) - TOUCH_DAYS * DAY_SECONDS);
    const read = this.db.transaction(() =>
      parted(batch.paths).map((path, i) => {
        const query = queryAt(batch, path, i);
        const known = this.known(query, touchBefore);
        if (known !== undefined) return known;
        const row = this.own?.get(query.blob, query.start, query.end) as OwnRow | undefined;
        const hash = row === undefined ? undefined : judgeOwn(row, query);
        if (typeof hash === 'string' && row !== undefined && row[4] < touchBefore) used.push(query);
        return hash === undefined ? this.fromPython(query) : hash;
      }),
    );
    const hashes = read();
    if (this.writable && used.length > 0) ifPossible(() => this.touch(used, batch.nowSeconds));
    return joined(hashes.map((hash) => hash ?? ''));
  }

  /** The hash of a row that says all that is asked; what any other row says is worth a second question. */
  private known(query: Query, touchBefore: bigint): string | undefined {
    const { blob, start, end, size, mtimeNs, ctimeNs } = query;
    return this.fresh?.get(blob, start, end, size, mtimeNs, ctimeNs, touchBefore) as string | undefined;
  }

  /** Writes every row to our table and, in the form its reader compares, to Python's. */
  store(batch: HashStore): void {
    const own = statement(
      this.db,
      "INSERT OR REPLACE INTO tsHashesV1 VALUES (?, 'xxh128', ?, ?, ?, ?, ?, ?, ?)",
    );
    const v4 = statement(this.db, "INSERT OR REPLACE INTO hashesV4 VALUES (?, 'xxh128', ?, ?, ?, ?)");
    const written = Math.floor(batch.nowSeconds);
    const write = this.db.transaction(() => {
      const paths = parted(batch.paths);
      parted(batch.hashes).forEach((hash, i) => {
        const { blob, start, end, size, mtimeNs, ctimeNs } = queryAt(batch, paths[i] ?? '', i);
        own.run(blob, start, end, size, mtimeNs, ctimeNs, hash, written);
        const whole = isWholeFile({ rangeStart: start, rangeEnd: end });
        v4.run(blob, start, end, hash, whole ? pythonLocalTime(mtimeNs) : mtimeNs);
      });
    });
    write.immediate();
  }

  prune(nowSeconds: number): void {
    statement(this.db, 'DELETE FROM tsHashesV1 WHERE written < ?').run(
      Math.floor(nowSeconds) - UNUSED_DAYS * DAY_SECONDS,
    );
  }

  /** The first row found decides, be it fresh or not. */
  private fromPython(query: Query): string | null {
    const row =
      this.v4?.get(query.blob, query.start, query.end) ??
      (isWholeFile({ rangeStart: query.start, rangeEnd: query.end }) ? this.fromOlder(query) : undefined);
    if (row === undefined) return null;
    const [hash, stored] = row as PythonRow;
    return typeof hash === 'string' && isFreshMtime(stored, query.mtimeNs) ? hash : null;
  }

  private fromOlder({ blob, path }: Query): unknown {
    return this.v3?.get(blob) ?? (hasLoneSurrogate(path) ? undefined : this.v2?.get(path));
  }

  private touch(used: readonly Query[], nowSeconds: number): void {
    const update = statement(
      this.db,
      "UPDATE tsHashesV1 SET written = ? WHERE path = ? AND alg = 'xxh128' AND range_start = ? AND range_end = ?",
    );
    const write = this.db.transaction(() => {
      for (const { blob, start, end } of used) update.run(Math.floor(nowSeconds), blob, start, end);
    });
    write.immediate();
  }
}

/**
 * What our own row says: a hash, `null` for a changed file, or `undefined` where Python may know
 * better. Python's row knows neither the size nor what is finer than its text, so that it is not
 * asked when it could only repeat what our row disproves.
 */
function judgeOwn([size, mtimeNs, ctimeNs, hash]: OwnRow, query: Query): string | null | undefined {
  if (mtimeNs === query.mtimeNs)
    return size === BigInt(query.size) && ctimeNs === query.ctimeNs ? hash : null;
  return pythonLocalTime(mtimeNs) === pythonLocalTime(query.mtimeNs) ? null : undefined;
}

function queryAt(batch: HashLookup, path: string, i: number): Query {
  return {
    path,
    blob: pathBlob(path),
    start: batch.numbers[i * RANGE_STRIDE] ?? 0,
    end: batch.numbers[i * RANGE_STRIDE + 1] ?? -1,
    size: batch.numbers[i * RANGE_STRIDE + 2] ?? 0,
    mtimeNs: batch.times[i * TIME_STRIDE] ?? 0n,
    ctimeNs: batch.times[i * TIME_STRIDE + 1] ?? 0n,
  };
}
