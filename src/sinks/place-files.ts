/**
 * Sink: files, directories and links at their places below a local root. Directories as
 * they come, files in parallel, links and deletions last, so that nothing is ever written
 * through a link (spec/storage.md 4.1 to 4.4).
 */
import type { ConflictResolution } from '../model/conflict-resolution.js';
import type { DownloadContent, DownloadDeletion, DownloadLink } from '../model/download-plan.js';
import type { FetchedUnit, Unfetched } from '../model/download-unit.js';
import { EMPTY_TALLY, type TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { CancelledError } from '../pipeline/errors.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Sink } from '../pipeline/types.js';
import { CaseTwins } from './case-twins.js';
import { FilePlacement, type PlacedFile, type PlaceSettings } from './place-file.js';
import { deleteEntry, placeLink } from './place-link.js';
import type { TargetPermissions } from './target-permissions.js';
import type { TargetTree } from './target-tree.js';

export interface PlaceFilesOptions {
  readonly tree: TargetTree;
  readonly conflictResolution?: ConflictResolution;
  /** Files being written at once. */
  readonly concurrency?: number;
  readonly durable?: boolean;
  /** Gives files and the directories above them to others besides their owner (spec/storage.md 4.5). */
  readonly permissions?: TargetPermissions;
  /** Checks the objects of a complete temporary file that came in ranges; rejects when one is wrong. */
  readonly verify: PlaceSettings['verify'];
  /** Makes small files in one step each, for one with `OVERWRITE` over what is there. Default: none does. */
  readonly placeWhole?: PlaceSettings['placeWhole'] | undefined;
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
 * - Counters: `files`, `bytes`, `skippedFiles`, `skippedBytes`, `unfetchedBytes` of copies.
 */
export function placeFiles(options: PlaceFilesOptions): Sink<FetchedUnit | Unfetched, PlacedResult> {
  const settings = { ...PLACE_FILES_DEFAULTS, ...options };
  const concurrency = positiveInteger('concurrency', settings.concurrency);
  return (ctx) => (input) => {
    const twins = new CaseTwins((message) => ctx.log('warning', message));
    const placing = new Placing(ctx, { ...settings, copies: new Map(), twins });
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
  readonly #stats: { -readonly [Name in keyof TransferTally]: number } = { ...EMPTY_TALLY };

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
    await this.#each(this.#links, (link) => placeLink(this.settings, link));
    await this.#each(this.#deletions, (deletion) => deleteEntry(this.settings, deletion));
    return { stats: this.#stats, paths: this.#paths };
  }

  async discard(): Promise<void> {
    await Promise.all([...this.#open.values()].map((placement) => placement.discard()));
  }

  /** One after the other; what fails is reported as any file is. */
  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (const item of items) {
      if (this.ctx.signal.aborted) throw new CancelledError();
      try {
        await work(item);
      } catch (error) {
        this.ctx.failures.report(error);
      }
    }
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
    const placed = done.filter(({ error }) => error === undefined);
    if (placed.length > 0) this.#open.delete(content);
    if (placed.length > 1) this.ctx.progress.add('unfetchedBytes', (placed.length - 1) * content.size);
    for (const file of placed) this.#count(file, content.size);
    for (const { error } of done) if (error !== undefined) this.ctx.failures.report(error);
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
}
