/** Nothing in the fixtures goes unnoticed: every file, list and member is in the golden table, every row has its test. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fixtureDocument, fixtureNames } from '../support/golden-files.js';
import type { GoldenRow, Members } from '../support/golden-rows.js';
import { GOLDEN_TABLE } from '../support/golden-table.js';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const sources = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.test.ts') && name !== 'coverage.test.ts')
    .map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const),
);
const rows = [...GOLDEN_TABLE];
const jsonRows = rows.filter(([, row]) => row.raw !== true);
const testedRows = rows.filter(([, row]) => row.later === undefined);
const laterRows = rows.filter(([, row]) => row.later !== undefined);

/** Test files whose source names `file` as a literal, or its folder if it is compared as bytes. */
function readersOf(file: string, row: GoldenRow): string[] {
  const literals = row.raw === true ? [file, dirname(file)] : [file];
  return [...sources]
    .filter(([, source]) => literals.some((literal) => source.includes(`'${literal}'`)))
    .map(([name]) => name);
}

function unknownMembers(value: object, members: Members): string[] {
  const known = new Set([...members.reads, ...(members.informs ?? [])]);
  return Object.keys(value).filter((name) => !known.has(name));
}

/** Members that occur in the cases of each set; files may share one set. */
function occurringMembers(): Map<Members, Set<string>> {
  const occurring = new Map<Members, Set<string>>();
  for (const [file, row] of jsonRows) {
    for (const [list, members] of Object.entries(row.lists ?? {})) {
      const names = (fixtureDocument(file)[list] as object[]).flatMap((testCase) => Object.keys(testCase));
      occurring.set(members, new Set([...(occurring.get(members) ?? []), ...names]));
    }
  }
  return occurring;
}

describe('golden coverage', () => {
  it('knows every fixture file, and every row has its file', () => {
    const files = fixtureNames().filter((file) => basename(file) !== 'README.md');
    expect(files).toEqual([...GOLDEN_TABLE.keys()].sort());
  });

  it.each(jsonRows)('knows every member of %s', (file, row) => {
    const document = fixtureDocument(file);
    const { lists = {} } = row;
    const beside = Object.fromEntries(Object.entries(document).filter(([name]) => !(name in lists)));
    expect(unknownMembers(beside, row.document ?? { reads: [] })).toEqual([]);
    for (const [list, members] of Object.entries(lists)) {
      const cases = document[list] as object[];
      expect(cases.length, list).toBeGreaterThan(0);
      expect(cases.flatMap((testCase) => unknownMembers(testCase, members))).toEqual([]);
    }
  });

  it('asks for no member that never occurs', () => {
    for (const [members, occurring] of occurringMembers()) {
      expect(members.reads.filter((name) => !occurring.has(name))).toEqual([]);
    }
  });

  it.each(testedRows)('has %s tested in one place', (file, row) => {
    expect(readersOf(file, row)).toEqual([row.test]);
  });

  it.each(laterRows)('has %s waiting for a capability that is not built', (file, row) => {
    expect(row.test).toBeUndefined();
    expect(readersOf(file, row)).toEqual([]);
  });

  it('counts what waits', () => {
    for (const capability of new Set(laterRows.map(([, row]) => row.later))) {
      const files = laterRows.filter(([, row]) => row.later === capability).map(([file]) => file);
      console.info(`golden later: ${capability}: ${files.join(', ')}`);
    }
    console.info(`golden files: ${testedRows.length} tested, ${laterRows.length} later`);
    expect(testedRows.length + laterRows.length).toBe(GOLDEN_TABLE.size);
  });
});
