/** Cache databases of the Python releases, read by us, and ours, read by Python's sqlite3 module. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { isFreshMtime, pythonLocalTime } from '../../src/caches/mtime-forms.js';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { openHashCache } from '../../src/caches/sqlite-hash-cache.js';
import { hashRecord, surrogatePath, warnings } from '../support/cache-records.js';
import { golden, goldenDocument, goldenFolder, goldenPath } from '../support/golden.js';
import { type Cell, pythonDump } from '../support/sqlite-dump.js';
import { tempDir } from '../support/temp-dir.js';

type Row = Readonly<Record<string, Cell>>;
interface HashProbe {
  readonly pathUtf8SurrogatepassBase64: string;
  readonly mtimeNs: string;
  readonly tz: string;
  readonly rowFound?: boolean;
  readonly table?: string;
  readonly fresh?: boolean;
  readonly hash?: string;
  readonly rangeStart?: number;
  readonly rangeEnd?: number;
  readonly pythonError?: string;
}
interface HashDocument {
  readonly table?: string;
  readonly tables?: readonly string[];
  readonly sqliteMaster: readonly string[];
  readonly journalMode: string;
  readonly columns?: readonly string[];
  readonly rows?: readonly Row[];
  readonly rowsByTable?: Readonly<Record<string, readonly Row[]>>;
  readonly notStorable?: readonly string[];
  readonly chunkedFile?: { readonly path: string; readonly size: number; readonly mtimeNs: string };
  readonly probes: readonly HashProbe[];
}
interface CheckProbe {
  readonly s3Key: string;
  readonly hit: boolean;
}
interface CheckDocument {
  readonly table: string;
  readonly now: number;
  readonly sqliteMaster: readonly string[];
  readonly journalMode: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly probes: readonly CheckProbe[];
  readonly reset?: {
    readonly bucket: string;
    readonly casPrefix: string;
    readonly deleted: readonly string[];
    readonly kept: readonly string[];
  };
}

const dir = tempDir('golden-caches');
const zone = process.env['TZ'];
afterEach(() => setZone(zone));

let folders = 0;
function newFolder(): string {
  const folder = join(dir, `cache-${folders++}`);
  mkdirSync(folder);
  return folder;
}
function copyAs(name: string, fixture: string): string {
  const folder = newFolder();
  copyFileSync(goldenPath(fixture), join(folder, name));
  return folder;
}
function setZone(tz: string | undefined): void {
  if (tz === undefined) delete process.env['TZ'];
  else process.env['TZ'] = tz;
}
const pathOf = (base64: string): string => surrogatePath(Buffer.from(base64, 'base64'));
const dumpOf = (file: string) => {
  const { sqliteMaster, journalMode, rows } = pythonDump(file);
  return { sqliteMaster, journalMode, rows };
};

it('has each fixture of the folder here', () => {
  const names = goldenFolder('storage/caches').map((file) => basename(file).replace(/\.(db|json)$/, ''));
  const tested = [...HASH_FILES, ...CHECK_FILES];
  expect(names.sort()).toEqual([...tested, ...tested].sort());
});

interface MtimeCase {
  readonly tz: string;
  readonly mtimeNs: string;
  readonly manifestMtimeUs: number;
  readonly legacyText: string;
}
golden<MtimeCase>('storage/hash_cache_mtime.json', ({ tz, mtimeNs, manifestMtimeUs, legacyText }) => {
  setZone(tz);
  const ns = BigInt(mtimeNs);
  expect(pythonLocalTime(ns)).toBe(legacyText);
  expect(isFreshMtime(legacyText, ns)).toBe(true);
  expect(isFreshMtime(ns, ns)).toBe(ns >= 10n ** 17n);
  expect(isFreshMtime(BigInt(manifestMtimeUs), ns)).toBe(manifestMtimeUs >= 1e14);
});

const HASH_FILES = ['hash_cache_v2', 'hash_cache_v3', 'hash_cache_v4', 'hash_cache_mixed'];
const CHECK_FILES = ['s3_check_cache', 's3_check_cache_wal'];

function probeHashes(fixture: string): void {
  const file = fixture.replace(/json$/, 'db');
  golden<HashProbe, HashDocument>(
    fixture,
    async (probe, document) => {
      setZone(probe.tz);
      const path = pathOf(probe.pathUtf8SurrogatepassBase64);
      const range = { rangeStart: probe.rangeStart ?? 0, rangeEnd: probe.rangeEnd ?? -1 };
      const mtimeNs = BigInt(probe.mtimeNs);
      const folder = copyAs('hash_cache.db', file);
      const { messages, warn } = warnings();
      const cache = openHashCache({ dir: folder, warn });
      const answer = await cache.lookup([{ path, ...range, size: 1, mtimeNs, ctimeNs: 1n }]);
      await cache.close();
      // A path that Python cannot look up in this table is one that the table does not have.
      expect(answer).toEqual([probe.fresh === true ? probe.hash : undefined]);
      expect(messages).toEqual([]);
      const stored = storedHash(join(folder, 'hash_cache.db'), probe.table ?? document.table ?? '', probe);
      expect(stored).toBe(probe.rowFound === true ? probe.hash : undefined);
      expect(probe.pythonError === undefined).toBe(probe.rowFound !== undefined);
    },
    'probes',
  );
}

/** The row that a probe is about, read without our code. */
function storedHash(file: string, table: string, probe: HashProbe): unknown {
  if (table === '') return undefined;
  const db = new Sqlite(file, { readonly: true });
  const bytes = Buffer.from(probe.pathUtf8SurrogatepassBase64, 'base64');
  const range = table === 'hashesV4' ? [probe.rangeStart ?? 0, probe.rangeEnd ?? -1] : [];
  const more = range.length > 0 ? ' AND range_start = ? AND range_end = ?' : '';
  const key = table === 'hashesV2' ? bytes.toString('utf8') : bytes;
  const hash = db
    .prepare(`SELECT file_hash FROM ${table} WHERE file_path = ?${more}`)
    .pluck()
    .get(key, ...range);
  db.close();
  return hash;
}

probeHashes('storage/caches/hash_cache_v2.json');
probeHashes('storage/caches/hash_cache_v3.json');
probeHashes('storage/caches/hash_cache_v4.json');
probeHashes('storage/caches/hash_cache_mixed.json');

/** Our files keep what stood in them, in the words in which Python wrote it. */
async function keepsHashes(
  fixture: string,
  { sqliteMaster, journalMode, ...rest }: HashDocument,
): Promise<void> {
  const before = dumpOf(join(copyAs('hash_cache.db', fixture), 'hash_cache.db'));
  expect(before).toMatchObject({ sqliteMaster, journalMode });
  const folder = copyAs('hash_cache.db', fixture);
  const cache = openHashCache({ dir: folder });
  cache.store([hashRecord({ path: '/new file' })]);
  await cache.close();
  const after = dumpOf(join(folder, 'hash_cache.db'));
  expect(after.journalMode).toBe('wal');
  expect(after.sqliteMaster).toEqual(expect.arrayContaining([...sqliteMaster]));
  const expected = rest.rowsByTable ?? { [rest.table ?? '']: rest.rows ?? [] };
  for (const [table, rows] of Object.entries(expected)) {
    expect(before.rows[table]).toEqual(rows);
    expect(after.rows[table]?.slice(0, rows.length)).toEqual(rows);
    expect(after.rows[table]).toHaveLength(rows.length + (table === 'hashesV4' ? 1 : 0));
  }
}

describe.each(['storage/caches/hash_cache_v2.json', 'storage/caches/hash_cache_v3.json'])('%s', (fixture) => {
  goldenDocument<HashDocument>(fixture, async (document) => {
    const { table, tables, sqliteMaster, journalMode, columns, rows, notStorable = [], probes } = document;
    await keepsHashes(fixture.replace(/json$/, 'db'), {
      ...(table !== undefined && { table }),
      ...(tables !== undefined && { tables }),
      ...(rows !== undefined && { rows }),
      sqliteMaster,
      journalMode,
      probes,
    });
    expect(rows?.every((row) => Object.keys(row).join() === columns?.join())).toBe(true);
    const stored = rows?.map((row) => row['file_path']?.value);
    for (const path of notStorable) expect(stored).not.toContain(path);
  });
});

goldenDocument<HashDocument>('storage/caches/hash_cache_mixed.json', async (document) => {
  const { tables = [], sqliteMaster, journalMode, rowsByTable = {}, probes } = document;
  expect(Object.keys(rowsByTable)).toEqual(tables);
  await keepsHashes('storage/caches/hash_cache_mixed.db', { sqliteMaster, journalMode, rowsByTable, probes });
});

goldenDocument<HashDocument>('storage/caches/hash_cache_v4.json', async (document) => {
  const { table = '', sqliteMaster, journalMode, columns, rows = [], chunkedFile, probes } = document;
  await keepsHashes('storage/caches/hash_cache_v4.db', { table, sqliteMaster, journalMode, rows, probes });
  setZone('UTC');
  const folder = newFolder();
  const cache = openHashCache({ dir: folder });
  const fresh = probes.filter(({ fresh: isFresh, tz }) => isFresh === true && tz === 'UTC');
  for (const { pathUtf8SurrogatepassBase64, mtimeNs, rangeStart = 0, rangeEnd = -1, hash = '' } of fresh) {
    const path = pathOf(pathUtf8SurrogatepassBase64);
    if (path === chunkedFile?.path) expect(mtimeNs).toBe(chunkedFile.mtimeNs);
    const size = path === chunkedFile?.path ? chunkedFile.size : 1;
    cache.store([hashRecord({ path, rangeStart, rangeEnd, size, mtimeNs: BigInt(mtimeNs), hash })]);
  }
  await cache.close();
  const written = dumpOf(join(folder, 'hash_cache.db'));
  expect(written.journalMode).toBe(journalMode);
  expect(written.sqliteMaster).toEqual(expect.arrayContaining([...sqliteMaster]));
  expect(written.rows[table]).toEqual(fresh.map((probe) => asWritten(probe, rows)));
  expect(written.rows[table]?.every((row) => Object.keys(row).join() === columns?.join())).toBe(true);
});

/** The fixture's row, its time in the form that the Python uploader compares (whole files) or the draft's (ranges). */
function asWritten(probe: HashProbe, rows: readonly Row[]): Row {
  const { pathUtf8SurrogatepassBase64: path, rangeStart = 0, rangeEnd = -1, mtimeNs } = probe;
  const row = rows.find(
    (candidate) =>
      candidate['file_path']?.value === path &&
      candidate['range_start']?.value === rangeStart &&
      candidate['range_end']?.value === rangeEnd,
  );
  const time =
    rangeEnd === -1
      ? { storage: 'text', value: pythonLocalTime(BigInt(mtimeNs)) }
      : { storage: 'integer', value: mtimeNs };
  return { ...row, last_modified_time: time };
}

/** A time at which a clock could have stood when the row was written. */
function isOnClock(row: Row): boolean {
  const seen = row['last_seen_time'];
  return seen?.storage !== 'text' && Number(seen?.value) < 1e12;
}

function probeChecks(fixture: string): void {
  golden<CheckProbe, CheckDocument>(
    fixture,
    async ({ s3Key, hit }, { now }) => {
      const folder = copyAs('s3_check_cache.db', fixture.replace(/json$/, 'db'));
      const cache = openCheckCache({ dir: folder, now: () => now * 1000 });
      expect(await cache.lookup([s3Key])).toEqual([hit]);
      await cache.close();
    },
    'probes',
  );
}
probeChecks('storage/caches/s3_check_cache.json');
probeChecks('storage/caches/s3_check_cache_wal.json');

describe.each(['storage/caches/s3_check_cache.json', 'storage/caches/s3_check_cache_wal.json'])(
  '%s',
  (fixture) => {
    goldenDocument<CheckDocument>(
      fixture,
      async ({ table, now, sqliteMaster, journalMode, columns, rows, probes, reset }) => {
        const original = dumpOf(
          join(copyAs('s3_check_cache.db', fixture.replace(/json$/, 'db')), 's3_check_cache.db'),
        );
        expect(original).toEqual({ sqliteMaster, journalMode, rows: { [table]: rows } });

        const folder = newFolder();
        const numeric = rows.filter(isOnClock);
        for (const row of numeric) {
          const cache = openCheckCache({
            dir: folder,
            now: () => Number(row['last_seen_time']?.value) * 1000,
            ttlDays: 1e6,
          });
          cache.store([String(row['s3_key']?.value)]);
          await cache.close();
        }
        const written = dumpOf(join(folder, 's3_check_cache.db'));
        expect(written).toEqual({ sqliteMaster, journalMode: 'wal', rows: { [table]: numeric } });
        expect(written.rows[table]?.every((row) => Object.keys(row).join() === columns.join())).toBe(true);

        const { messages, warn } = warnings();
        const all = copyAs('s3_check_cache.db', fixture.replace(/json$/, 'db'));
        const cache = openCheckCache({ dir: all, now: () => now * 1000, warn });
        expect(await cache.lookup(probes.map(({ s3Key }) => s3Key))).toEqual(probes.map(({ hit }) => hit));
        expect(messages).toHaveLength(1);
        if (reset !== undefined) await cache.reset(`${reset.bucket}/${reset.casPrefix}/`);
        await cache.close();
        if (reset === undefined) return;
        const keys = rows.map((row) => row['s3_key']?.value);
        expect([...reset.deleted, ...reset.kept].sort()).toEqual([...keys].sort());
        const left = dumpOf(join(all, 's3_check_cache.db')).rows[table]?.map((row) => row['s3_key']?.value);
        expect(left).toEqual(reset.kept);
      },
    );
  },
);
