/** Named pipes, and a way to know that somebody reads one. No thread waits for it. */
import { execFileSync } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { vi } from 'vitest';

export function makeFifo(path: string): string {
  execFileSync('mkfifo', [path]);
  return path;
}

/** A descriptor to write to the pipe, once somebody has opened it to read. */
export function writerOf(path: string): Promise<number> {
  return vi.waitFor(() => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), { timeout: 30_000 });
}
