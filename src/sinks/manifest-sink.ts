/**
 * Sink: one entry per file whose every object is confirmed, and the manifest of all of
 * them at the end. Holds all entries; stored-manifest-sink is for trees of any size.
 */
import type { HashedEntry } from '../model/file-item.js';
import type { Manifest } from '../model/manifest.js';
import type { SettledUnit, TransferTally } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import type { Sink } from '../pipeline/types.js';
import { FileAssembly } from './file-assembly.js';
import { ManifestBuilder, type ManifestShape } from './manifest-entries.js';

export interface ManifestResult {
  readonly manifest: Manifest;
  /** Objects: sent, or there already. */
  readonly stats: TransferTally;
  /** Files: hashed, or known. */
  readonly hashing: TransferTally;
}
export const MANIFEST_SINK_DEFAULTS: ManifestShape = { version: 'v2023-03-03' };

/**
 * - Result: the manifest, sorted, with `totalSize` summed; and the tallies.
 * - Errors: `CollectedError` when files failed: there is no manifest then.
 * - Counters: `files` and `bytes` that are settled, `skippedFiles`, `skippedBytes`, `unhashedBytes` of files that were not read.
 */
export function manifestSink(
  shape: ManifestShape = MANIFEST_SINK_DEFAULTS,
): Sink<SettledUnit, ManifestResult> {
  return (ctx) => {
    const assembly = new FileAssembly();
    const builder = new ManifestBuilder(shape);
    return drain(ctx, {
      accept: (unit) => {
        const file = assembly.accept(unit);
        if (!file) return;
        builder.add(file);
        countFile(ctx, file, unit.outcome);
      },
      finish: () => ({ manifest: builder.build(), stats: assembly.transferred, hashing: assembly.hashed }),
    });
  };
}

/** Reports a settled file as progress. */
export function countFile(
  ctx: Parameters<Sink<never, never>>[0],
  file: Pick<HashedEntry, 'kind' | 'path' | 'size' | 'hashedBy'>,
  outcome: SettledUnit['outcome'],
): void {
  if (file.kind !== 'file') return;
  if (outcome === 'skipped') {
    ctx.progress.add('skippedFiles', 1);
    ctx.progress.add('skippedBytes', file.size);
  }
  if (file.hashedBy !== 'reading') ctx.progress.add('unhashedBytes', file.size);
  ctx.progress.add('bytes', file.size);
  ctx.progress.subject(file.path);
  ctx.progress.add('files', 1);
}
