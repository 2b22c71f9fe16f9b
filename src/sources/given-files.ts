/** Source: files that the caller lists, instead of a walk (spec/files-and-submission.md 1.2). They are not filtered. */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import type { TreeEntry } from '../model/file-item.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { RunContext, Source } from '../pipeline/types.js';
import { isBelow } from './link-policy.js';
import { lookAhead } from './look-ahead.js';
import { openRoot } from './open-root.js';

/**
 * `paths`, absolute and normalised, as entries below `root`. A missing one is left out with a warning.
 *
 * - Errors: `PathOutsideRoot` (all are judged before the first is opened), `NotAFile`, `FileUnreadable`.
 */
export function givenFiles(root: string, paths: readonly string[]): Source<TreeEntry> {
  return (ctx) => entries(ctx, root, paths);
}

/** A file that was given lies outside of the root; code `PathOutsideRoot`. */
export class PathOutsideRootError extends StorageError {
  constructor(
    path: string,
    readonly root: string,
  ) {
    super('PathOutsideRoot', `${JSON.stringify(path)} is not below ${JSON.stringify(root)}`, { path });
  }
}

async function* entries(ctx: RunContext, root: string, paths: readonly string[]): AsyncGenerator<TreeEntry> {
  for (const path of paths) {
    if (path !== root && isBelow(path, root)) continue;
    throw new PathOutsideRootError(path, root);
  }
  await openRoot(root);
  for await (const entry of lookAhead(new Set(paths), (path) => lookAt(ctx, root, path))) {
    if (!entry) continue;
    ctx.progress.add('found', 1);
    ctx.progress.add('foundBytes', entry.size);
    yield entry;
  }
}

async function lookAt(ctx: RunContext, root: string, path: string): Promise<TreeEntry | undefined> {
  try {
    const sourcePath = await fs.realpath(path);
    const stat = await fs.stat(sourcePath, { bigint: true });
    if (!stat.isFile())
      throw new StorageError('NotAFile', `${JSON.stringify(path)} is not a regular file`, { path });
    const { size, mtimeNs, ctimeNs, mode } = stat;
    const relative = path.slice(root === '/' ? 1 : root.length + 1);
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
    const errno = errnoOf(error);
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR')
      throw localIoError(error, { operation: 'snapshot', path, side: 'source' });
    ctx.log('warning', `${JSON.stringify(path)} does not exist: it is left out`, { path });
    return undefined;
  }
}
