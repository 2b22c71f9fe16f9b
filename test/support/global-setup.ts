/** Worker threads and child processes run the compiled code, so the tests begin with a build. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SKIP_NOTES, skipLine } from './skip-notes.js';

const notes = join(mkdtempSync(join(tmpdir(), 'rx-attachments-notes-')), 'skipped');

export function setup(): void {
  writeFileSync(notes, '');
  process.env[SKIP_NOTES] = notes;
  if (process.env['RX_ATTACHMENTS_TEST_SKIP_BUILD'] === '1') return;
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
}

/** What was skipped is said at the very end, where it is seen. */
export function teardown(): void {
  const line = skipLine(readFileSync(notes, 'utf8'));
  rmSync(join(notes, '..'), { recursive: true, force: true });
  if (line !== undefined) process.stderr.write(`\n${line}\n`);
}
