/**
 * Gives a finished temporary file its name, in one step that no other process can undo
 * (spec/storage.md 4.3). What has the name already is kept, replaced, or stepped aside from.
 */
import { promises as fs } from 'node:fs';
import type { ConflictResolution } from '../model/conflict-resolution.js';
import { copyPath, MAX_COPIES } from '../model/copy-name.js';
import { StorageError } from '../model/errors.js';
import { errnoOf } from '../model/local-io.js';
import { renameOver } from './rename-over.js';
import type { TargetTree } from './target-tree.js';

/** Last copy number used per path, so that a thousand copies are not counted through a thousand times. */
export type CopyNumbers = Map<string, number>;

/** The entry path that the file has now; `undefined` when it was left as it is (`SKIP`). The temporary name is gone either way. */
export async function claimName(
  tree: TargetTree,
  temporary: string | Buffer,
  path: string,
  mode: ConflictResolution,
  copies: CopyNumbers,
): Promise<string | undefined> {
  if (mode === 'OVERWRITE') {
    await renameOver(temporary, tree.filePath(path));
    return path;
  }
  const take = (candidate: string): Promise<boolean> => linkExclusively(temporary, tree.filePath(candidate));
  const claimed = await claim(path, mode, copies, take);
  // `rm` would look at it first; gone already where it was renamed.
  await fs.unlink(temporary).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
  return claimed;
}

/** Tries the name itself, then its copies; `take` answers false when the name is taken. */
export async function claim(
  path: string,
  mode: ConflictResolution,
  copies: CopyNumbers,
  take: (candidate: string) => Promise<boolean>,
): Promise<string | undefined> {
  const used = copies.get(path);
  if (used === undefined && (await take(path))) return path;
  if (mode === 'SKIP') return undefined;
  for (let number = (used ?? 0) + 1; number <= MAX_COPIES; number += 1) {
    const candidate = copyPath(path, number);
    if (!(await take(candidate))) continue;
    copies.set(path, number);
    return candidate;
  }
  throw new StorageError(
    'TooManyConflicts',
    `${JSON.stringify(path)} has ${MAX_COPIES} copies already: remove some, or choose another conflict resolution`,
    { path },
  );
}

/** A hard link fails where the name is taken, and never shows a file that is not complete. */
async function linkExclusively(temporary: string | Buffer, target: string | Buffer): Promise<boolean> {
  try {
    await fs.link(temporary, target);
    return true;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'EEXIST') return false;
    if (errno === 'EPERM' || errno === 'ENOTSUP' || errno === 'EMLINK' || errno === 'ENOSYS') {
      return reserve(temporary, target);
    }
    throw error;
  }
}

/** For file systems without hard links: the name is reserved by an empty file, over which the content is renamed. */
async function reserve(temporary: string | Buffer, target: string | Buffer): Promise<boolean> {
  try {
    await (await fs.open(target, 'wx')).close();
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await renameOver(temporary, target);
    return true;
  } catch (error) {
    await fs.rm(target, { force: true });
    throw error;
  }
}
