/** A directory per test file that is removed at its end. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Absolute path of a fresh directory; others may enter it, for tests that run as another user. */
export function tempDir(name: string): string {
  const path = mkdtempSync(join(tmpdir(), `rx-attachments-${name}-`));
  chmodSync(path, 0o755);
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
