/** Cache databases as Python's own sqlite3 module sees them, in a process of its own. */
import { execFileSync } from 'node:child_process';

export interface Cell {
  readonly storage: string;
  readonly value: unknown;
}
export interface Dump {
  readonly sqliteMaster: readonly string[];
  readonly journalMode: string;
  readonly integrity: string;
  readonly rows: Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;
}

const SCRIPT = `
import base64, json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
def cell(kind, value):
    if kind == 'blob': value = base64.b64encode(value).decode()
    if kind == 'integer' and abs(value) > 2 ** 53: value = str(value)
    return {'storage': kind, 'value': value}
def rows(table):
    names = [c[1] for c in db.execute('pragma table_info(%s)' % table)]
    sql = 'select %s from %s' % (', '.join('typeof(%s), %s' % (n, n) for n in names), table)
    return [{n: cell(r[2 * i], r[2 * i + 1]) for i, n in enumerate(names)} for r in db.execute(sql)]
tables = [r[0] for r in db.execute("select name from sqlite_master where type = 'table'")]
json.dump({
    'sqliteMaster': [r[0] for r in db.execute("select sql from sqlite_master where type = 'table'")],
    'journalMode': db.execute('pragma journal_mode').fetchone()[0],
    'integrity': db.execute('pragma integrity_check').fetchone()[0],
    'rows': {t: rows(t) for t in tables},
}, sys.stdout)
`;

/** Schema texts and every cell with its storage class; integers beyond 2^53 are strings, blobs base64. */
export function pythonDump(file: string): Dump {
  const json = execFileSync('python3', ['-c', SCRIPT, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return JSON.parse(json) as Dump;
}

/** Runs `statements` through Python's sqlite3 and commits. */
export function pythonRun(file: string, statements: string): void {
  const script =
    'import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); db.executescript(sys.argv[2]); db.commit()';
  execFileSync('python3', ['-c', script, file, statements]);
}

const COUNT_SCRIPT = `
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
tables = [r[0] for r in db.execute("select name from sqlite_master where type = 'table'")]
counts = {t: db.execute('select count(*) from %s' % t).fetchone()[0] for t in tables}
json.dump({'integrity': db.execute('pragma integrity_check').fetchone()[0], 'counts': counts}, sys.stdout)
`;

/** Rows per table, and what the integrity check says, for files too large to dump. */
export function pythonCounts(file: string): { integrity: string; counts: Readonly<Record<string, number>> } {
  const json = execFileSync('python3', ['-c', COUNT_SCRIPT, file], { encoding: 'utf8' });
  return JSON.parse(json) as ReturnType<typeof pythonCounts>;
}
