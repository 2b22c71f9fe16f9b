/**
 * Stage: looks at what stands in the way of each file before its content is fetched. Sits
 * between manifest-entries and split-ranges. What it lets pass is decided for good by the
 * sink, which claims each name in one step; here only needless fetching is spared.
 */
import type { ConflictResolution } from '../model/conflict-resolution.js';
import type { DownloadContent, DownloadItem, DownloadTarget } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Stage } from '../pipeline/types.js';

/** What stands at a path, links not followed. */
export type Occupant = 'nothing' | 'file' | 'symlink' | 'directory' | 'other';

export interface ResolveConflictsOptions {
  readonly mode: ConflictResolution;
  /** Asked with `OVERWRITE`: true when the file is already what the manifest says. */
  readonly isIdentical?: (
    target: DownloadTarget,
    content: DownloadContent,
    signal: AbortSignal,
  ) => Promise<boolean>;
  readonly concurrency?: number;
}
export const RESOLVE_CONFLICTS_DEFAULTS = { concurrency: 32 };

/**
 * Takes the files out of a content that need not be written; with none left it has no targets.
 *
 * - Shape: one in, one out; order is not kept. Directories, links and deletions pass.
 * - Errors: `NotAFile` for a directory where a file has to go (not with `CREATE_COPY`); those of `inspect`.
 * - Counters: `files`, `bytes`, `skippedFiles`, `skippedBytes`, `unfetchedBytes` of what is left out.
 * - Source: spec/storage.md 4.3.
 */
export function resolveConflicts(
  inspect: (path: string) => Promise<Occupant>,
  options: ResolveConflictsOptions,
): Stage<DownloadItem, DownloadItem> {
  const concurrency = positiveInteger(
    'concurrency',
    options.concurrency ?? RESOLVE_CONFLICTS_DEFAULTS.concurrency,
  );
  return (ctx) =>
    mapLeased<DownloadItem, DownloadItem>(ctx, concurrency, (item, signal) => {
      if (item.kind !== 'content' || options.mode === 'CREATE_COPY') return item;
      return remaining(ctx, inspect, options, item, signal);
    });
}

async function remaining(
  ctx: RunContext,
  inspect: (path: string) => Promise<Occupant>,
  { mode, isIdentical }: ResolveConflictsOptions,
  content: DownloadContent,
  signal: AbortSignal,
): Promise<DownloadContent> {
  const targets: DownloadTarget[] = [];
  for (const target of content.targets) {
    const occupant = await inspect(target.path);
    if (occupant === 'directory' || (occupant === 'other' && mode === 'OVERWRITE'))
      throw notAFile(target.path, occupant);
    const stays =
      occupant !== 'nothing' &&
      (mode === 'SKIP' || (occupant === 'file' && (await isIdentical?.(target, content, signal)) === true));
    if (!stays) targets.push(target);
  }
  const skipped = content.targets.length - targets.length;
  if (skipped === 0) return content;
  countSkipped(ctx, skipped, content.size);
  return { ...content, targets };
}

/** Counts files that stay as they are. */
function countSkipped(ctx: RunContext, files: number, size: number): void {
  ctx.progress.add('skippedFiles', files);
  ctx.progress.add('skippedBytes', files * size);
  ctx.progress.add('unfetchedBytes', files * size);
  ctx.progress.add('bytes', files * size);
  ctx.progress.add('files', files);
}

function notAFile(path: string, occupant: Occupant): StorageError {
  const what = occupant === 'directory' ? 'a directory' : 'a socket, FIFO or device';
  return new StorageError(
    'NotAFile',
    `${what} stands where file ${JSON.stringify(path)} has to go: move it away, or create copies`,
    { path },
  );
}
