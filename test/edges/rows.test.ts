/** The table of spec/files-and-submission.md section 9 has 47 rows; each has exactly one test. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROWS = 47;

it('every row of the table has exactly one test', () => {
  const own = import.meta.filename;
  const sources = readdirSync(import.meta.dirname)
    .map((name) => join(import.meta.dirname, name))
    .filter((path) => path.endsWith('.test.ts') && path !== own)
    .map((path) => readFileSync(path, 'utf8'));
  // The beginning of a title: behind a quote, with a word about the case behind the number.
  const titles = sources.flatMap((text) =>
    [...text.matchAll(/['"`]edge (\d\d): \S/g)].map(([, row]) => Number(row)),
  );
  expect(titles.sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
});
