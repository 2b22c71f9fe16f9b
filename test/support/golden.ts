/**
 * Golden tests: `golden('manifests/merge.json', (c) => ...)` makes one test per case that
 * is found in the file. Which members count is said in golden-table.ts; a test that leaves
 * a member of its case unread fails, and so does a member that the table does not know.
 */
import { describe, expect, it } from 'vitest';
import { fixtureBytes, fixtureDocument, fixtureNames, fixturePath } from './golden-files.js';
import type { GoldenRow, Members } from './golden-rows.js';
import { GOLDEN_TABLE } from './golden-table.js';

type Json = Record<string, unknown>;

/** Name under which {@link goldenDocument} registers. */
const WHOLE = '(document)';
const registered = new Map<string, Set<string>>();

/**
 * One test per case of `list` in `file` (a path below the fixtures folder). `C` is the shape
 * that the test expects of a case; the document is handed on for shared inputs.
 */
export function golden<C extends object, D extends object = Json>(
  file: string,
  run: (testCase: C, document: D) => void | Promise<void>,
  list = 'cases',
): void {
  const members = rowOf(file).lists?.[list];
  if (members === undefined) throw new Error(`${file} has no list of cases ${list} in the golden table`);
  const document = fixtureDocument(file);
  const found = document[list] as Json[];
  describe(`${file} ${list}`, () => {
    let ran = 0;
    it.each(found.map((testCase, index) => [label(testCase, index), testCase] as const))(
      '%s',
      async (_, testCase) => {
        ran++;
        await runReading(testCase, members, (watched) => run(watched as C, document as D));
      },
    );
    it('ran over each case, of which there are some', () => {
      expect(found.length).toBeGreaterThan(0);
      expect(ran).toBe(found.length);
    });
    registerList(file, list);
  });
}

/** One test over the members of a document that stand beside its lists of cases. */
export function goldenDocument<D extends object>(
  file: string,
  run: (document: D) => void | Promise<void>,
): void {
  const row = rowOf(file);
  const lists = Object.keys(row.lists ?? {});
  const members = row.document ?? { reads: [] };
  describe(`${file} document`, () => {
    it('holds', async () => {
      const known = { reads: members.reads, informs: [...(members.informs ?? []), ...lists] };
      await runReading(fixtureDocument(file), known, (watched) => run(watched as D));
    });
    registerList(file, WHOLE);
  });
}

/** Bytes of a fixture that is compared whole. */
export function goldenBytes(file: string): Buffer {
  rowOf(file);
  return fixtureBytes(file);
}

/** Absolute path of a fixture that is opened as a file; copy it before a database opens it. */
export function goldenPath(file: string): string {
  rowOf(file);
  return fixturePath(file);
}

/** Names of the files that stand in `folder`. */
export function goldenFolder(folder: string): string[] {
  return fixtureNames().filter((file) => file.startsWith(`${folder}/`));
}

function rowOf(file: string): GoldenRow {
  const row = GOLDEN_TABLE.get(file);
  if (row === undefined) throw new Error(`${file} is not in the golden table`);
  return row;
}

/** The first registration of a file adds the test that no other list of it was forgotten. */
function registerList(file: string, list: string): void {
  const lists = registered.get(file) ?? new Set<string>();
  if (!registered.has(file)) {
    it('has every list registered', () => {
      expect([...lists].sort()).toEqual([...listsOf(rowOf(file))].sort());
    });
  }
  lists.add(list);
  registered.set(file, lists);
}

function listsOf(row: GoldenRow): string[] {
  const lists = Object.keys(row.lists ?? {});
  return (row.document?.reads.length ?? 0) > 0 ? [...lists, WHOLE] : lists;
}

async function runReading(
  value: Json,
  members: Members,
  run: (watched: Json) => void | Promise<void>,
): Promise<void> {
  const unread = new Set(Object.keys(value));
  for (const name of members.informs ?? []) unread.delete(name);
  expect([...unread].filter((name) => !members.reads.includes(name))).toEqual([]);
  await run(watch(value, unread));
  expect([...unread], 'members that the test did not read').toEqual([]);
}

/** Strikes a member from `unread` as soon as it is read. */
function watch(value: Json, unread: Set<string>): Json {
  return new Proxy(value, {
    get: (target, name) => {
      unread.delete(String(name));
      return target[String(name)];
    },
  });
}

function label(testCase: Json, index: number): string {
  const name = testCase['id'] ?? testCase['name'] ?? testCase['uri'] ?? testCase['rootPath'];
  return `${index} ${typeof name === 'string' ? name.slice(0, 60) : ''}`;
}
