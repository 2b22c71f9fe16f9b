/**
 * Several downloads as one: everything is judged before the first of them writes, they run
 * one after another, and progress and statistics, those of a cancelled run too, are of all.
 */
import { resolve } from 'node:path';
import { planDownload } from '../model/download-plan.js';
import type { Manifest } from '../model/manifest.js';
import { judgingManifest, type ManifestName } from '../model/named-manifest.js';
import {
  type DownloadSummaryStatistics,
  type SummaryStatistics,
  sumDownloadStatistics,
  summaryStatistics,
  sumStatistics,
} from '../model/statistics.js';
import { CancelledError, CollectedError, type StatsCarrier, withPartialStats } from '../pipeline/errors.js';
import { entryFilePath } from '../sinks/target-tree.js';
import {
  DOWNLOAD_DEFAULTS,
  type DownloadContentsOptions,
  downloadManifestContents,
  staysAsItIs,
} from './contents.js';
import { checkSharedDiskSpace, type DiskSpaceNeed } from './disk-space.js';
import { hostFormat } from './host-format.js';
import { identicalFiles } from './identical-files.js';
import type { TransferProgress } from './preset-options.js';

/** One manifest and the directory that receives its files. */
export interface DownloadPart extends ManifestName {
  readonly manifest: Manifest;
  /** Made when it is missing. */
  readonly root: string;
}

export interface DownloadSeveralOptions
  extends Omit<DownloadContentsOptions, 'manifest' | 'root' | 'manifestName'> {
  readonly parts: readonly DownloadPart[];
}

/**
 * Rejects as `downloadManifestContents` does. With `onFileError: 'collect'` the failures of one
 * part do not keep the others from running; the run ends with a `CollectedError` of all of them.
 */
export async function downloadSeveral(request: DownloadSeveralOptions): Promise<DownloadSummaryStatistics> {
  const { parts, ...options } = request;
  const [only, ...others] = parts;
  if (only && others.length === 0) return await downloadManifestContents({ ...options, ...only });
  const startedMs = performance.now();
  const totals = await judge(parts, options);
  return await new SeveralDownloads(options, totals, startedMs).run(parts);
}

interface Totals {
  readonly files: number;
  readonly bytes: number;
}

/** The totals of each part. Throws for a path that may not be written, and for too little room for all of them. */
async function judge(
  parts: readonly DownloadPart[],
  request: Omit<DownloadSeveralOptions, 'parts'>,
): Promise<Totals[]> {
  const { applyDeletes, conflictResolution, skipIdentical } = { ...DOWNLOAD_DEFAULTS, ...request };
  const needs = parts.map((part): DiskSpaceNeed => {
    const { manifest, root: given } = part;
    const root = resolve(given);
    const filePath = (path: string): string | Buffer => entryFilePath(root, path);
    const isIdentical = skipIdentical ? identicalFiles({ filePath }, request.hashCache) : undefined;
    const stays = staysAsItIs(filePath, conflictResolution, isIdentical);
    const plan = judgingManifest(part, () => planDownload(manifest, { host: hostFormat, applyDeletes }));
    return { root, plan, ...(stays && { stays }) };
  });
  const totals = needs.map(({ plan }) => ({ files: plan.totalFiles, bytes: plan.totalBytes }));
  const { signal, freeBytes: free } = request;
  await checkSharedDiskSpace(needs, { ...(signal && { signal }), ...(free && { free }) }).catch(
    (error: unknown) => {
      throw error instanceof CancelledError ? withPartialStats(error, untouched(sumOf(totals))) : error;
    },
  );
  return totals;
}

class SeveralDownloads {
  readonly #done: DownloadSummaryStatistics[] = [];
  /** Statistics of parts that had failures. */
  readonly #failed: SummaryStatistics[] = [];
  readonly #errors: unknown[] = [];
  /** Bytes fetched by the parts before this one. */
  #movedBefore = 0;

  constructor(
    readonly options: Omit<DownloadSeveralOptions, 'parts'>,
    readonly totals: readonly Totals[],
    readonly startedMs: number,
  ) {}

  async run(parts: readonly DownloadPart[]): Promise<DownloadSummaryStatistics> {
    for (const [index, part] of parts.entries()) await this.#runOne(part, index);
    if (this.#errors.length > 0) throw new CollectedError(this.#errors, this.#statistics([]));
    return sumDownloadStatistics(this.#done, this.#seconds());
  }

  async #runOne(part: DownloadPart, index: number): Promise<void> {
    const { onProgress } = this.options;
    const before = sumOf(this.totals.slice(0, index));
    const total = sumOf(this.totals);
    let moved = 0;
    const report = (progress: TransferProgress): unknown => {
      moved = progress.transferRate * progress.elapsed;
      const isLast = index === this.totals.length - 1;
      return onProgress?.(this.#ofAll(progress, before, total, isLast));
    };
    try {
      const request = { ...this.options, ...part, ...(onProgress && { onProgress: report }) };
      this.#done.push(await downloadManifestContents(request));
    } catch (error) {
      this.#rethrow(error, index);
    }
    this.#movedBefore += moved;
  }

  /** What one part reports, as a report of all. */
  #ofAll(progress: TransferProgress, before: Totals, total: Totals, isLast: boolean): TransferProgress {
    const elapsed = this.#seconds();
    const moved = this.#movedBefore + progress.transferRate * progress.elapsed;
    const earlier = [...this.#done, ...this.#failed];
    return {
      ...progress,
      status: progress.status === 'COMPLETE' && !isLast ? 'DOWNLOAD_IN_PROGRESS' : progress.status,
      overallCompleted: before.files + progress.overallCompleted,
      overallTotal: total.files,
      overallBytes: before.bytes + progress.overallBytes,
      overallTotalBytes: total.bytes,
      skippedFiles: earlier.reduce((sum, { skippedFiles }) => sum + skippedFiles, progress.skippedFiles),
      skippedBytes: earlier.reduce((sum, { skippedBytes }) => sum + skippedBytes, progress.skippedBytes),
      transferRate: elapsed > 0 ? Math.floor(moved / elapsed) : 0,
      elapsed,
    };
  }

  /** Failures that were collected let the next part run; everything else ends the run, with the statistics of all. */
  #rethrow(error: unknown, index: number): void {
    const rest = this.totals.slice(index + 1).map(untouched);
    if (error instanceof CollectedError) {
      this.#errors.push(...error.errors);
      this.#failed.push(
        statsOf(error.partialStats) ?? untouched(this.totals[index] ?? { files: 0, bytes: 0 }),
      );
      return;
    }
    const { partialStats } = error instanceof Error ? (error as StatsCarrier) : {};
    const own = statsOf(partialStats) ?? untouched(this.totals[index] ?? { files: 0, bytes: 0 });
    throw withPartialStats(error, sumStatistics([...this.#parts(), own, ...rest], this.#seconds()));
  }

  #statistics(more: readonly SummaryStatistics[]): SummaryStatistics {
    return sumStatistics([...this.#parts(), ...more], this.#seconds());
  }

  #parts(): SummaryStatistics[] {
    return [...this.#done, ...this.#failed];
  }

  #seconds(): number {
    return (performance.now() - this.startedMs) / 1000;
  }
}

function sumOf(totals: readonly Totals[]): Totals {
  return totals.reduce((sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }), {
    files: 0,
    bytes: 0,
  });
}

/** Statistics of a part that did not begin. */
function untouched({ files, bytes }: Totals): SummaryStatistics {
  return summaryStatistics({
    operation: 'download',
    ...{ totalFiles: files, totalBytes: bytes, processedFiles: 0, processedBytes: 0 },
    ...{ skippedFiles: 0, skippedBytes: 0, totalTime: 0, status: 'CANCELLED' },
  });
}

function statsOf(value: unknown): SummaryStatistics | undefined {
  const isStats = typeof value === 'object' && value !== null && 'totalFiles' in value && 'errors' in value;
  return isStats ? (value as SummaryStatistics) : undefined;
}
