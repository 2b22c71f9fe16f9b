/**
 * What the golden tables are made of: a row per fixture file. See golden-table.ts for the
 * rule, golden.ts for the tests.
 */

/** Members of a case (or of the document itself). */
export interface Members {
  /** Each of these that a case has must be read by its test. */
  readonly reads: readonly string[];
  /** For the reader only; never compared. */
  readonly informs?: readonly string[];
}

export interface GoldenRow {
  /** Name of the test file in test/golden that registers the row. */
  readonly test?: string;
  /** The capability that the row waits for; it has no test until then. */
  readonly later?: string;
  /** Not JSON with cases: bytes, compared whole. */
  readonly raw?: true;
  /** Members beside the lists of cases. */
  readonly document?: Members;
  /** Lists of cases by member name. */
  readonly lists?: Readonly<Record<string, Members>>;
}

export const MANIFEST_HEAD: Members = { reads: [], informs: ['kind', 'source', 'note'] };
export const STORAGE_HEAD: Members = { reads: [], informs: ['source', 'note'] };
export const WORKER_HEAD: Members = { reads: [], informs: ['about'] };

const ALWAYS_INFORM = ['id', 'name', 'description', 'note', 'source', 'deviation', 'python', 'origin'];

export function cases(reads: readonly string[], informs: readonly string[] = []): { cases: Members } {
  const silent = ALWAYS_INFORM.filter((name) => !reads.includes(name));
  return { cases: { reads, informs: [...silent, ...informs] } };
}

export function manifests(test: string, reads: readonly string[], informs?: readonly string[]): GoldenRow {
  return { test, document: MANIFEST_HEAD, lists: cases(reads, informs) };
}

export function storage(test: string, reads: readonly string[], informs?: readonly string[]): GoldenRow {
  return { test, document: STORAGE_HEAD, lists: cases(reads, informs) };
}

export function worker(test: string, reads: readonly string[], informs?: readonly string[]): GoldenRow {
  return { test, document: WORKER_HEAD, lists: cases(reads, informs) };
}

export function raw(test: string): GoldenRow {
  return { test, raw: true };
}

/** A row without a test; its members are known all the same. */
export function later(
  capability: string,
  document: Members,
  lists: Record<string, readonly string[]>,
  informs: readonly string[] = [],
): GoldenRow {
  const known = Object.entries(lists).map(([list, reads]) => [list, cases(reads, informs).cases] as const);
  return { later: capability, document, lists: Object.fromEntries(known) };
}
