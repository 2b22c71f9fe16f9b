/**
 * Sink: files, directories and links at their places below a local root. Directories as
 * they come, files in parallel, links and deletions last, so that nothing is ever written
 * through a link (spec/storage.md 4.1 to 4.4).
 */
import { promises as fs } from 'node:fs';
import type { DownloadContent, DownloadDeletion, DownloadLink } from '../model/download-plan.js';
import type { FetchedUnit, Unfetched } from '../model/download-unit.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Sink } from '../pipeline/types.js';
import { type ConflictResolution, claim } from './claim-name.js';
import { FilePlacement, type PlacedFile, type PlaceSettings, temporaryBeside } from './place-file.js';
import type { TargetTree } from './target-tree.js';

export interface PlaceFilesOptions {
  readonly tree: TargetTree;
  readonly conflictResolution?: ConflictResolution;
  /** Files being written at once. */
  readonly concurrency?: number;
  readonly durable?: boolean;
  /** Checks a complete temporary file that came in several parts; rejects when an object in it is wrong. */
  readonly verify: PlaceSettings['verify'];
}
export const PLACE_FILES_DEFAULTS = {
  conflictResolution: 'CREATE_COPY',
  concurrency: 16,
  durable: false,
} as const;

export interface PlacedResult {
  /** Files that were written, and those that stayed as they were (`SKIP`). */
  readonly stats: TransferTally;
  /** Local paths of the files written, in the order in which they were done. */
  readonly paths: readonly string[];
}

/**
 * - Result: what was written, after every file, link and deletion is done.
 * - Errors: `LocalIo`, `NoSpace`, `SymlinkEscape`, `NotADirectory`, `TooManyConflicts`; `CollectedError` when files failed.
 * - Cancel: temporary files are removed; finished files stay.
 * - Counters: `files`, `bytes`, `skippedFiles`, `skippedBytes`.
 */
export function placeFiles(options: PlaceFilesOptions): Sink<FetchedUnit | Unfetched, PlacedResult> {
  const settings = { ...PLACE_FILES_DEFAULTS, ...options, copies: new Map<string, number>() };
  const concurrency = positiveInteger('concurrency', settings.concurrency);
  return (ctx) => (input) => {
    const placing = new Placing(ctx, settings);
    return input.pipe(
      mapLeased<FetchedUnit | Unfetched, void>(ctx, concurrency, (unit, signal) =>
        placing.take(unit, signal),
      ),
      drain(ctx, { accept: () => {}, finish: () => placing.finish(), discard: () => placing.discard() }),
    );
  };
}

class Placing {
  readonly #open = new Map<DownloadContent, FilePlacement>();
  readonly #links: DownloadLink[] = [];
  readonly #deletions: DownloadDeletion[] = [];
  readonly #paths: string[] = [];
  readonly #stats = {
    totalFiles: 0,
    totalBytes: 0,
    processedFiles: 0,
    processedBytes: 0,
    skippedFiles: 0,
    skippedBytes: 0,
  };

  constructor(
    readonly ctx: RunContext,
    readonly settings: PlaceSettings,
  ) {}

  take(unit: FetchedUnit | Unfetched, signal: AbortSignal): Promise<void> | void {
    if (unit.kind === 'range') return this.#write(unit, signal);
    if (unit.kind === 'directory') return this.settings.tree.makeDirectory(unit.path);
    if (unit.kind === 'symlink') this.#links.push(unit);
    else this.#deletions.push(unit);
  }

  async finish(): Promise<PlacedResult> {
    for (const link of this.#links) await this.#placeLink(link);
    for (const deletion of this.#deletions) await this.#delete(deletion);
    return { stats: this.#stats, paths: this.#paths };
  }

  async discard(): Promise<void> {
    await Promise.all([...this.#open.values()].map((placement) => placement.discard()));
  }

  async #write(unit: FetchedUnit, signal: AbortSignal): Promise<void> {
    const { content } = unit;
    let placement = this.#open.get(content);
    if (!placement) {
      placement = new FilePlacement(this.settings, content);
      this.#open.set(content, placement);
    }
    const done = await placement.write(unit, signal);
    if (done.length === 0) return;
    this.#open.delete(content);
    for (const file of done) this.#count(file, content.size);
  }

  #count({ target, path }: PlacedFile, size: number): void {
    const kind = path === undefined ? 'skipped' : 'processed';
    this.#stats.totalFiles += 1;
    this.#stats.totalBytes += size;
    this.#stats[`${kind}Files`] += 1;
    this.#stats[`${kind}Bytes`] += size;
    if (path !== undefined) this.#paths.push(this.settings.tree.localPath(path));
    else {
      this.ctx.progress.add('skippedFiles', 1);
      this.ctx.progress.add('skippedBytes', size);
    }
    this.ctx.progress.subject(target.path);
    this.ctx.progress.add('bytes', size);
    this.ctx.progress.add('files', 1);
  }

  async #placeLink({ path, text }: DownloadLink): Promise<void> {
    const { tree, conflictResolution, copies } = this.settings;
    try {
      await tree.makeParent(path);
      if (conflictResolution === 'OVERWRITE') {
        const temporary = tree.filePath(temporaryBeside(path));
        await fs.symlink(text, temporary);
        await fs.rename(temporary, tree.filePath(path)).catch(async (error: unknown) => {
          await fs.rm(temporary, { force: true });
          throw error;
        });
      } else
        await claim(path, conflictResolution, copies, (candidate) =>
          symlinkExclusively(text, tree.filePath(candidate)),
        );
    } catch (error) {
      throw localIoError(error, { operation: 'symlink', path: tree.localPath(path), side: 'target' });
    }
  }

  /** A directory that still holds something stays. */
  async #delete({ path, directory }: DownloadDeletion): Promise<void> {
    const { tree } = this.settings;
    try {
      if ((await tree.occupant(path)) === 'nothing') return;
      await (directory ? fs.rmdir(tree.filePath(path)) : fs.unlink(tree.filePath(path)));
    } catch (error) {
      if (['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(errnoOf(error) ?? '')) return;
      throw localIoError(error, { operation: 'delete', path: tree.localPath(path), side: 'target' });
    }
  }
}

async function symlinkExclusively(text: string, path: string | Buffer): Promise<boolean> {
  try {
    await fs.symlink(text, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
