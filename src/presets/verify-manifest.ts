/** Whether a store holds every object of a manifest, with the right size. */
import { planDownload } from '../model/download-plan.js';
import type { FetchUnit, Unfetched } from '../model/download-unit.js';
import type { Manifest } from '../model/manifest.js';
import { judgingManifest, type ManifestName } from '../model/named-manifest.js';
import { drain } from '../pipeline/drain.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { manifestEntries } from '../sources/manifest-entries.js';
import { EXISTENCE_CHECK_DEFAULTS } from '../stages/existence-check.js';
import { splitRanges } from '../stages/split-ranges.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import { requireBucket } from './require-bucket.js';
import type { Store } from './store.js';
import { casOf } from './store-calls.js';

export interface ObjectProblem {
  readonly key: string;
  /** Bytes that the manifest says. */
  readonly size: number;
  /** The manifest's files that need the object. */
  readonly paths: readonly string[];
}

export interface Verification {
  /** Objects asked about. */
  readonly checked: number;
  readonly missing: readonly ObjectProblem[];
  readonly wrongSize: readonly (ObjectProblem & { readonly storedSize: number })[];
}

/** Asks the store about every object of `manifest` as a download would look for it; reads no content. Rejects with the errors of `planDownload`, and those of the store. */
export async function verifyManifest(
  options: PresetOptions & ManifestName & { readonly manifest: Manifest; readonly store: Store },
): Promise<Verification> {
  const { manifest, store, concurrency = EXISTENCE_CHECK_DEFAULTS.concurrency } = options;
  const plan = judgingManifest(options, () => planDownload(manifest));
  const cas = casOf(store, options);
  const missing: ObjectProblem[] = [];
  const wrongSize: (ObjectProblem & { storedSize: number })[] = [];
  let checked = 0;
  const check = async (unit: FetchUnit, signal: AbortSignal): Promise<void> => {
    const stored = await cas.headToRead(unit.hash, signal);
    const { hash, objectSize: size, content } = unit;
    const problem = { key: cas.key(hash), size, paths: content.targets.map(({ path }) => path) };
    checked += 1;
    if (!stored) missing.push(problem);
    else if (stored.size !== size) wrongSize.push({ ...problem, key: stored.key, storedSize: stored.size });
  };
  const wholeObjects = splitRanges({ wholeBytes: Number.MAX_SAFE_INTEGER });
  const run = Pipeline.from(manifestEntries(plan))
    .through(wholeObjects)
    .into(
      (ctx) => (input) =>
        input.pipe(
          mapLeased<FetchUnit | Unfetched, void>(ctx, concurrency, async (unit, signal) => {
            if (unit.kind !== 'range') return;
            await check(unit, signal);
            const files = unit.content.targets.length;
            ctx.progress.add('bytes', unit.objectSize * files);
            if (unit.fileOffset === 0) ctx.progress.add('files', files);
          }),
          drain(ctx, {
            accept: () => {},
            finish: async () => {
              if (missing.length > 0) await requireBucket(store, ctx.signal);
              return { checked, missing, wrongSize };
            },
          }),
        ),
    );
  const totals = { files: plan.totalFiles, bytes: plan.totalBytes };
  return runPreset(run, options, { status: 'DOWNLOAD_IN_PROGRESS', operation: 'download', totals });
}
