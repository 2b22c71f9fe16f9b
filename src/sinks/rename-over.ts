/**
 * Renames a finished file over what has its name. On Windows another program may have that
 * file open for a moment, a virus scanner for one: it is tried again (spec/storage.md 4.2).
 */
import { promises as fs } from 'node:fs';
import { errnoOf } from '../model/local-io.js';

export interface RenameCalls {
  readonly platform?: NodeJS.Platform;
  readonly rename?: (from: string | Buffer, to: string | Buffer) => Promise<void>;
  readonly sleep?: (ms: number) => Promise<void>;
}
export const RENAME_DEFAULTS: Required<RenameCalls> = {
  platform: process.platform,
  rename: (from, to) => fs.rename(from, to),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const TRIES = 5;
const FIRST_WAIT_MS = 100;
const IN_USE: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** Rejects with the error of the last try. */
export async function renameOver(
  from: string | Buffer,
  to: string | Buffer,
  calls: RenameCalls = {},
): Promise<void> {
  const { platform, rename, sleep } = { ...RENAME_DEFAULTS, ...calls };
  for (let tried = 1; ; tried += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (platform !== 'win32' || tried === TRIES || !IN_USE.has(errnoOf(error) ?? '')) throw error;
    }
    await sleep(FIRST_WAIT_MS * 2 ** (tried - 1));
  }
}
