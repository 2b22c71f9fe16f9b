/** A directory that is walked as a whole: the root, or one that a link leads to. Holds the cycle guard (spec/files-and-submission.md 1.3). */
import { promises as fs } from 'node:fs';
import { joinPath } from './glob-stream.js';
import type { WalkFilter } from './walk-filter.js';

export interface Branch {
  readonly realPath: string;
  readonly id: string;
  /** Its path below the root; empty for the root. */
  readonly prefix: string;
  /** Identities of the directories from the root to here, links followed: what may not be entered again. */
  readonly chain: readonly string[];
  readonly filter: WalkFilter | undefined;
}

export async function rootBranch(realPath: string, filter: WalkFilter | undefined): Promise<Branch> {
  const id = await identity(realPath);
  return { realPath, id, prefix: '', chain: [id], filter };
}

/** Identities of the directories from the root down to the one that holds `path`, an entry of `branch`. */
export async function chainTo(branch: Branch, path: string): Promise<readonly string[]> {
  const relative = branch.prefix === '' ? path : path.slice(branch.prefix.length + 1);
  const parts = relative.split('/').slice(0, -1);
  const parents = parts.map((_, index) => joinPath(branch.realPath, parts.slice(0, index + 1).join('/')));
  return [...branch.chain, ...(await Promise.all(parents.map(identity)))];
}

/** What tells a directory from every other; links are followed. */
export async function identity(path: string): Promise<string> {
  const { dev, ino } = await fs.stat(path, { bigint: true });
  return ino === 0n ? path : `${dev}:${ino}`; // some file systems have no inode numbers
}
