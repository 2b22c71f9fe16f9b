/** A file system of its own that is soon full; needs the right to mount, which root in a container mostly has. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const mounted: string[] = [];
// Registered when this is imported: a hook that a running test asks for would never run.
afterAll(() => {
  for (const path of mounted) {
    spawnSync('umount', ['-l', path]);
    rmdirSync(path);
  }
});

/** Mounts a file system in memory of `bytes`; `undefined` where that is not allowed. */
export function smallDisk(bytes: number): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'rx-attachments-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'none', path]).status === 0) {
    mounted.push(path);
    return path;
  }
  rmdirSync(path);
  return undefined;
}

/** Makes a mounted file system read-only, or writable again. */
export function remount(path: string, how: 'ro' | 'rw'): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${how}`, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot remount ${path}: ${stderr}`);
}
