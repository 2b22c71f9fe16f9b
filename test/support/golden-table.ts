/**
 * Every fixture file: who reads it, which members a test must read, which only inform.
 * A file, a list or a member that is missing here fails test/golden/coverage.test.ts, and
 * so does a row that no test registers. `later` names the capability that a row waits for.
 */
import type { GoldenRow } from './golden-rows.js';
import { MANIFEST_ROWS } from './golden-table-manifests.js';
import { STORAGE_ROWS } from './golden-table-storage.js';
import { SUBMISSION_ROWS } from './golden-table-submission.js';
import { WORKER_ROWS } from './golden-table-worker.js';

/** Rows by path below the fixtures folder. */
export const GOLDEN_TABLE: ReadonlyMap<string, GoldenRow> = new Map(
  Object.entries({ ...MANIFEST_ROWS, ...STORAGE_ROWS, ...SUBMISSION_ROWS, ...WORKER_ROWS }),
);
