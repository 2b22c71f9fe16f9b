/**
 * One cache file in use, inside the thread that owns it: runs the calls and decides after a
 * failure what the cache is still good for (spec/storage.md 5.5). It never throws.
 */
import type {
  CacheWarning,
  CheckBatch,
  HashLookup,
  HashStore,
  TableInfo,
  ThreadJob,
} from './cache-messages.js';
import { CheckTable } from './check-table.js';
import { codeOf, ifPossible, troubleOf } from './database-errors.js';
import { HashTables } from './hash-tables.js';
import { type OpenCache, openDatabase, setAside } from './open-database.js';
import { pragma } from './statements.js';
import { tableInfo } from './table-info.js';

export class CacheSession {
  private cache: OpenCache | undefined;
  private hashes: HashTables | undefined;
  private checks: CheckTable | undefined;
  private writable = false;

  constructor(
    private readonly job: ThreadJob,
    private readonly warn: (warning: CacheWarning) => void,
  ) {
    this.guard('open', () => this.open());
  }

  /** Whether there is anything left to ask. */
  get usable(): boolean {
    return this.cache !== undefined;
  }

  /** The answer of a call, or `undefined` when the cache cannot say. */
  call(name: string, data: unknown): unknown {
    return this.cache && this.guard(name, () => this.run(name, data));
  }

  close(): void {
    try {
      this.cache?.db.close();
    } catch {
      // What was written is committed already.
    }
    this.cache = undefined;
  }

  private run(name: string, data: unknown): unknown {
    switch (name) {
      case 'hash-lookup':
        return this.hashes?.lookup(data as HashLookup);
      case 'hash-store':
        return this.writable && this.hashes?.store(data as HashStore);
      case 'check-lookup':
        return this.checks?.lookup(data as CheckBatch);
      case 'check-store':
        return this.writable && this.checks?.store(data as CheckBatch);
      case 'check-reset':
        return this.reset(data as string);
      case 'info':
        return this.info();
      default:
        // Answered when everything before it was.
        return true;
    }
  }

  /** What cannot be deleted must not be believed any more. */
  private reset(prefix: string): void {
    if (this.writable) this.checks?.reset(prefix);
    else this.close();
  }

  private info(): TableInfo[] {
    return this.cache ? tableInfo(this.cache) : [];
  }

  private open(): void {
    const { job } = this;
    this.cache = openDatabase(job, this.problem);
    if (this.cache === undefined) return;
    const { db, tables, writable } = this.cache;
    this.writable = writable;
    if (job.kind === 'hash') this.hashes = new HashTables(db, tables, writable);
    else this.checks = new CheckTable(db, tables, job.ttlDays, this.unparsable);
    if (writable) ifPossible(() => this.pruneOncePerDay());
  }

  /** The day of the last pruning is the file's `user_version`, which Python does not use. */
  private pruneOncePerDay(): void {
    const { cache, job } = this;
    const today = Math.floor(job.nowSeconds / 86_400);
    if (cache === undefined || pragma(cache.db, 'user_version') === today) return;
    const prune = cache.db.transaction(() => {
      this.hashes?.prune(job.nowSeconds);
      this.checks?.prune(job.nowSeconds, job.bucketPrefix);
      cache.db.exec(`PRAGMA user_version = ${today}`);
    });
    prune.immediate();
  }

  private guard(name: string, work: () => unknown): unknown {
    try {
      return work();
    } catch (error) {
      this.recover(name, error);
      return undefined;
    }
  }

  private recover(name: string, error: unknown): void {
    const trouble = troubleOf(error);
    if (name.endsWith('-store') && trouble !== 'corrupt') {
      this.writable = false;
      this.problem(
        `nothing more is added to the cache ${this.job.file}: ${String(error)}`,
        this.fields(error),
      );
      return;
    }
    const { writable } = this;
    this.close();
    if (trouble === 'corrupt' && writable && setAside(this.job.file, error, this.problem)) {
      this.writable = false;
      this.guard('reopen', () => this.open());
      return;
    }
    this.problem(
      `the cache ${this.job.file} is not used any more in this run: ${String(error)}`,
      this.fields(error),
    );
  }

  private fields(error: unknown): Readonly<Record<string, unknown>> {
    return { file: this.job.file, code: codeOf(error) };
  }

  private readonly problem = (message: string, fields: Readonly<Record<string, unknown>>): void => {
    this.warn({ topic: 'problem', message, fields });
  };

  private readonly unparsable = (key: string): void => {
    const message = `the cache ${this.job.file} has times that are none; such objects are looked for again`;
    this.warn({ topic: 'time', message, fields: { file: this.job.file, key } });
  };
}
