/** Source: the files that a manifest names, with the digests that it gives them. For uploads of a tree that was hashed before. */
import { promises as fs } from 'node:fs';
import { StorageError } from '../model/errors.js';
import type { HashedEntry } from '../model/file-item.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { FileEntry, Manifest } from '../model/manifest.js';
import { judgingManifest, type ManifestName } from '../model/named-manifest.js';
import { checkContained } from '../model/paths.js';
import type { RunContext, Source } from '../pipeline/types.js';
import { joinPath } from './glob-stream.js';
import { isBelow } from './link-policy.js';
import { lookAhead } from './look-ahead.js';
import { openRoot } from './open-root.js';

export interface ManifestFilesOptions extends ManifestName {
  /** A file whose real path leaves the root: `follow` it (inputs), or fail with `SymlinkEscape` (outputs). */
  readonly escapingLinks?: 'follow' | 'error';
}
export const MANIFEST_FILES_DEFAULTS = { escapingLinks: 'follow' } as const satisfies ManifestFilesOptions;

/**
 * The live regular files of `manifest` below `root`, an absolute path; each is looked at shortly before its turn comes.
 *
 * - Errors: `PathOutsideRoot` for a path that may not touch the disk; `FileVanished`; `NotAFile`;
 *   `FileChanged` when the size is another one; `ManifestInvalid` for a file without hash.
 * - Source: spec/storage.md 3.1 and 3.4.
 */
export function manifestFiles(
  root: string,
  manifest: Manifest,
  options: ManifestFilesOptions = {},
): Source<HashedEntry> {
  const { escapingLinks } = { ...MANIFEST_FILES_DEFAULTS, ...options };
  return (ctx) => files(ctx, root, manifest, { ...options, escapingLinks });
}

async function* files(
  ctx: RunContext,
  root: string,
  manifest: Manifest,
  options: Required<Pick<ManifestFilesOptions, 'escapingLinks'>> & ManifestName,
): AsyncGenerator<HashedEntry> {
  const entries: readonly FileEntry[] = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  const live = entries.filter(
    ({ deleted, symlinkTarget }) => deleted !== true && symlinkTarget === undefined,
  );
  judgingManifest(options, () => live.forEach(checkEntry));
  const { realPath: realRoot } = await openRoot(root);
  const look = (entry: FileEntry): Promise<HashedEntry | Refused> =>
    lookAt(entry, root, realRoot, options.escapingLinks).catch((error: unknown) => new Refused(error));
  for await (const found of lookAhead(live, look)) {
    if (found instanceof Refused) ctx.failures.report(found.error);
    else yield found;
  }
}

class Refused {
  constructor(readonly error: unknown) {}
}

/** All paths are judged before the first file is opened. */
function checkEntry({ path, hash, chunkhashes }: FileEntry): void {
  try {
    checkContained(path, process.platform === 'win32' ? 'windows' : 'posix');
  } catch (cause) {
    throw new StorageError('PathOutsideRoot', (cause as Error).message, { path, cause });
  }
  if (!hash && chunkhashes === undefined) {
    throw new StorageError(
      'ManifestInvalid',
      `${JSON.stringify(path)} has no hash yet: hash the tree first`,
      { path },
    );
  }
}

async function lookAt(
  { path, hash, chunkhashes, size: expected }: FileEntry,
  root: string,
  realRoot: string,
  escapingLinks: 'follow' | 'error',
): Promise<HashedEntry> {
  const shown = joinPath(root, path);
  try {
    const sourcePath = await fs.realpath(joinPath(realRoot, path));
    if (escapingLinks === 'error' && !isBelow(sourcePath, realRoot)) {
      throw new StorageError('SymlinkEscape', `${JSON.stringify(shown)} leads out of the root`, {
        path: shown,
      });
    }
    const stat = await fs.stat(sourcePath, { bigint: true });
    if (!stat.isFile())
      throw new StorageError('NotAFile', `${JSON.stringify(shown)} is not a regular file`, { path: shown });
    const size = Number(stat.size);
    if (expected !== undefined && size !== expected) {
      throw new StorageError(
        'FileChanged',
        `${JSON.stringify(shown)} has ${size} bytes, the manifest says ${expected}: it was changed; make the manifest anew`,
        { path: shown },
      );
    }
    const { mtimeNs, ctimeNs, mode } = stat;
    const hashes = chunkhashes ?? [hash as string];
    return {
      path,
      kind: 'file',
      sourcePath,
      size,
      mtimeNs,
      ctimeNs,
      mode: Number(mode),
      hashes,
      hashedBy: 'manifest',
    };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') {
      throw new StorageError('FileVanished', `${JSON.stringify(shown)} does not exist any more`, {
        path: shown,
        cause: error,
      });
    }
    throw localIoError(error, { operation: 'upload', path: shown, side: 'source' });
  }
}
