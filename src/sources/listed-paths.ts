/**
 * Source: directories and files that were named one by one, below one root. A directory is
 * walked; a file is taken as it is, unfiltered, with links followed (spec/files-and-submission.md 2.3).
 */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import type { TreeEntry } from '../model/file-item.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { RunContext, Source } from '../pipeline/types.js';
import { joinRelative } from './glob-stream.js';
import { lookAhead } from './look-ahead.js';
import { type WalkOptions, walkTree } from './walk-tree.js';

/**
 * The entries below `root`, an absolute path that contains every one of `paths`, all
 * absolute and normalised. What is named twice, also by a directory above it, comes once.
 *
 * - Errors: `PathNotFound`; `NotAFile` for a special file; those of walkTree.
 */
export function listedPaths(
  root: string,
  paths: readonly string[],
  options: WalkOptions = {},
): Source<TreeEntry> {
  return (ctx) => entries(ctx, root, paths, options);
}

async function* entries(
  ctx: RunContext,
  root: string,
  paths: readonly string[],
  options: WalkOptions,
): AsyncGenerator<TreeEntry> {
  const files = new Set<string>();
  const directories = new Set<string>();
  // Each file goes on at once: a list of a million is never held as a million entries.
  for await (const found of namedEntries(root, paths)) {
    if (typeof found === 'string') directories.add(found);
    else {
      files.add(found.path);
      ctx.progress.add('found', 1);
      ctx.progress.add('foundBytes', found.size);
      yield found;
    }
  }
  for (const directory of directories) {
    if (isBelowAny(directory, directories)) continue;
    const prefix = relativeTo(root, directory);
    for await (const entry of walkTree(directory, options)(ctx)) {
      const path = joinRelative(prefix, entry.path);
      if (files.has(path)) uncount(ctx, entry);
      else yield { ...entry, path, ...linkBelow(entry, prefix) };
    }
  }
}

/** Each of `paths` once: a file as its entry, a directory as its path. */
function namedEntries(root: string, paths: readonly string[]): AsyncGenerator<TreeEntry | string> {
  return lookAhead(new Set(paths), async (path) => (await fileEntry(root, path)) ?? path);
}

/** Asks for each directory above, so that ten thousand of them need no comparison of all pairs. */
function isBelowAny(path: string, directories: ReadonlySet<string>): boolean {
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
    if (directories.has(path.slice(0, cut))) return true;
  }
  return path !== '/' && directories.has('/');
}

/** The walk has counted a file that came before it, by its own name. */
function uncount(ctx: RunContext, { kind, size }: TreeEntry): void {
  if (kind !== 'file') return;
  ctx.progress.add('found', -1);
  ctx.progress.add('foundBytes', -size);
}

/** `undefined` for a directory. */
async function fileEntry(root: string, path: string): Promise<TreeEntry | undefined> {
  try {
    const sourcePath = await fs.realpath(path);
    const stat = await fs.stat(sourcePath, { bigint: true });
    if (stat.isDirectory()) return undefined;
    if (!stat.isFile()) {
      throw new StorageError(
        'NotAFile',
        `${JSON.stringify(path)} is a socket, FIFO or device: name regular files only`,
        { path },
      );
    }
    const { size, mtimeNs, ctimeNs, mode } = stat;
    const relative = relativeTo(root, path) || path.slice(path.lastIndexOf('/') + 1);
    return {
      path: relative,
      kind: 'file',
      sourcePath,
      size: Number(size),
      mtimeNs,
      ctimeNs,
      mode: Number(mode),
    };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') {
      throw new StorageError('PathNotFound', `${JSON.stringify(path)} does not exist`, {
        path,
        cause: error,
      });
    }
    throw localIoError(error, { operation: 'walk', path, side: 'source' });
  }
}

/** A link's target is relative to the root, so it moves with its tree. */
function linkBelow({ linkTarget }: TreeEntry, prefix: string): { linkTarget?: string } {
  if (linkTarget === undefined || prefix === '') return {};
  return { linkTarget: linkTarget === '.' ? prefix : `${prefix}/${linkTarget}` };
}

function relativeTo(root: string, path: string): string {
  if (path === root) return '';
  return path.slice(root === '/' ? 1 : root.length + 1);
}
