// Which tests a soak runs, and for how long, from its arguments. Plain Node, no package; runs nothing.
import { parseArgs } from 'node:util';

const ONLY = {
  kills: ['test/kill/upload.test.ts', 'test/kill/download.test.ts'],
  's3-kills': ['test/kill/s3-upload.test.ts', 'test/kill/s3-download.test.ts'],
  faults: ['test/faults'],
};
const ROW = /^fault-(\d\d?)$/;
const ROWS = 48;

export const USAGE = `npm run soak -- [--only WHAT]... [--runs N] [--seed N]

  --only WHAT  of everything only this; may be repeated, and name several with commas:
                 kills     a directory store, killed
                 s3-kills  S3 (versitygw), killed
                 faults    the fault table, rows that verify shortens in full length
                 fault-14  one row of it
  --runs N     kills of each store, half of them of uploads, half of downloads; default 500 (KILL_RUNS)
  --seed N     repeats a soak (KILL_SEED)`;

/** Calls of the test runner, one after the other, and the environment of all. Throws an Error that says what is wrong with `argv`. */
export function planSoak(argv, env) {
  const options = {
    only: { type: 'string', multiple: true },
    runs: { type: 'string' },
    seed: { type: 'string' },
  };
  const { only = [], runs = env.KILL_RUNS ?? '500', seed } = parseArgs({ args: argv, options }).values;
  checkNumber('runs', runs, 2);
  if (seed !== undefined) checkNumber('seed', seed, 0);
  const length = { KILL_RUNS: runs, SOAK: '1', ...(seed !== undefined && { KILL_SEED: seed }) };
  return { calls: callsOf(only.flatMap((names) => names.split(','))), env: { ...env, ...length } };
}

function callsOf(names) {
  if (names.length === 0) return [{ files: Object.values(ONLY).flat() }];
  const rows = new Set();
  const files = new Set();
  for (const name of names) {
    const row = Number(ROW.exec(name)?.[1] ?? Number.NaN);
    if (row >= 1 && row <= ROWS) rows.add(row);
    else if (Object.hasOwn(ONLY, name)) for (const file of ONLY[name]) files.add(file);
    else
      throw new Error(
        `--only ${name}: must be one of ${Object.keys(ONLY).join(', ')}, fault-1 to fault-${ROWS}`,
      );
  }
  const whole = files.size > 0 ? [{ files: [...files] }] : [];
  if (rows.size === 0 || files.has(ONLY.faults[0])) return whole;
  const numbers = [...rows].map((row) => String(row).padStart(2, '0'));
  return [...whole, { files: ONLY.faults, pattern: `fault (?:${numbers.join('|')})\\b` }];
}

function checkNumber(flag, text, least) {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least)
    throw new Error(`--${flag} ${text}: must be a whole number of at least ${least}`);
}
