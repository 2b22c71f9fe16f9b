/** Links and deletions: what a download does last, when every file stands (spec/storage.md 4.1 and 4.3). */
import { promises as fs } from 'node:fs';
import type { ConflictResolution } from '../model/conflict-resolution.js';
import type { DownloadDeletion, DownloadLink } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { pathBytes } from '../model/path-bytes.js';
import { type CopyNumbers, claim } from './claim-name.js';
import { temporaryBeside } from './place-file.js';
import type { TargetTree } from './target-tree.js';

export interface LinkSettings {
  readonly tree: TargetTree;
  readonly conflictResolution: ConflictResolution;
  readonly copies: CopyNumbers;
}

/** Makes a link, in place of what has its name as the conflict resolution says. Rejects with `SymlinkEscape`, `NotAFile`, `LocalIo`. */
export async function placeLink(settings: LinkSettings, { path, text }: DownloadLink): Promise<void> {
  const { tree, conflictResolution, copies } = settings;
  const bytes = pathBytes(text);
  const target = bytes ? Buffer.from(bytes) : text;
  try {
    await tree.makeParent(path);
    await tree.checkLink(path, text);
    if (conflictResolution === 'OVERWRITE') return await replaceByLink(tree, path, target);
    const placed = await claim(path, conflictResolution, copies, (candidate) =>
      linkExclusively(target, tree.filePath(candidate)),
    );
    if (placed === undefined && (await tree.occupant(path)) === 'directory') throw directoryInTheWay(path);
  } catch (error) {
    throw localIoError(error, { operation: 'symlink', path: tree.localPath(path), side: 'target' });
  }
}

async function replaceByLink(tree: TargetTree, path: string, target: string | Buffer): Promise<void> {
  const temporary = tree.filePath(temporaryBeside(path));
  await fs.symlink(target, temporary);
  try {
    await fs.rename(temporary, tree.filePath(path));
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw errnoOf(error) === 'EISDIR' ? directoryInTheWay(path) : error;
  }
}

async function linkExclusively(target: string | Buffer, path: string | Buffer): Promise<boolean> {
  try {
    await fs.symlink(target, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function directoryInTheWay(path: string): StorageError {
  return new StorageError(
    'NotAFile',
    `a directory stands where link ${JSON.stringify(path)} has to go: move it away, or create copies`,
    { path },
  );
}

const STAYS: ReadonlySet<string> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST']);

/** Removes a file or link, or an empty directory. What is of another kind than the manifest says, or not empty, stays. */
export async function deleteEntry(
  { tree }: Pick<LinkSettings, 'tree'>,
  { path, directory }: DownloadDeletion,
): Promise<void> {
  try {
    const occupant = await tree.occupant(path);
    const expected = directory ? occupant === 'directory' : occupant === 'file' || occupant === 'symlink';
    if (!expected) return;
    await (directory ? fs.rmdir(tree.filePath(path)) : fs.unlink(tree.filePath(path)));
  } catch (error) {
    if (STAYS.has(errnoOf(error) ?? '')) return;
    throw localIoError(error, { operation: 'delete', path: tree.localPath(path), side: 'target' });
  }
}
