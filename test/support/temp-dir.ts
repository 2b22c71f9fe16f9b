/** Directories that are removed when the test file that asked for them ends. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
// Registered when this is imported: a hook that a running test asks for would never run.
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** Absolute path of a fresh directory, asked for anywhere; others may enter it, for tests that run as another user. */
export function tempDir(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `rx-attachments-${name}-`));
  made.push(path);
  chmodSync(path, 0o755);
  return path;
}
