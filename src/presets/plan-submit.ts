/**
 * What a submission would send, ask and cost: the first half of the upload story, up to and
 * with the existence check. Reads files and asks the store, but sends no byte and writes
 * no manifest. What it learns goes into the caches, where the submission finds it.
 */
import { resolve } from 'node:path';
import type { HashPool } from '../hashing/ports.js';
import type { HashedEntry } from '../model/file-item.js';
import type { Manifest } from '../model/manifest.js';
import {
  addRequests,
  NO_REQUESTS,
  type RequestCounts,
  type RequestKind,
  requestCostUsd,
  uploadRequests,
} from '../model/request-cost.js';
import type { CheckedUnit } from '../model/upload-unit.js';
import { drain } from '../pipeline/drain.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Sink } from '../pipeline/types.js';
import { FileAssembly } from '../sinks/file-assembly.js';
import { manifestFiles } from '../sources/manifest-files.js';
import { withHashPool } from './hash-pool.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import { requireBucket } from './require-bucket.js';
import type { Store } from './store.js';
import { type SubmitPlace, submitSource } from './submit-source.js';
import type { SubmitOptions } from './submit-tree.js';
import { hashedFiles, type TreeOptions, treeSettings, walkOptions } from './tree-options.js';
import { checkExistence, healingStaleCache, objectsOf } from './upload-stages.js';

export interface SubmitPlan {
  readonly files: number;
  readonly bytes: number;
  /** Files of which the store lacks something. */
  readonly filesToSend: number;
  /** Bytes of the objects that the store lacks; the manifest, whose size is not known yet, is not among them. */
  readonly bytesToSend: number;
  /** What the submission asks of the store, without retries: the questions as they were asked just now, and what would follow. */
  readonly requests: RequestCounts;
  /** US dollars for these requests at S3's prices in us-east-1; 0 for a directory. */
  readonly estimatedCostUsd: number;
}

/** Plans what `submitTree` or `submitTrees` would do with the same request. Rejects as they do, but for errors of sending. */
export async function planSubmit(request: SubmitOptions & SubmitPlace): Promise<SubmitPlan> {
  const { store, manifestVersion, ...rest } = request;
  const tree: TreeOptions = { ...rest, ...(manifestVersion && { version: manifestVersion }) };
  const settings = treeSettings(tree);
  const { make } = await submitSource(request);
  return await withHashPool(
    (pool) =>
      planFiles(store, request, { chunkSizeBytes: settings.chunkSizeBytes, pool, manifests: 1 }, (options) =>
        hashedFiles(make(walkOptions(tree, settings, pool)), pool, settings, options, false),
      ),
    request.hashPool,
  );
}

/** Plans what `uploadManifestContents` would do with the same request. */
export function planUpload(
  request: PresetOptions & { readonly manifest: Manifest; readonly root: string; readonly store: Store },
): Promise<SubmitPlan> {
  const { manifest, root, store } = request;
  const chunkSizeBytes = manifest.version === 'v2023-03-03' ? undefined : manifest.fileChunkSizeBytes;
  const files = Pipeline.from(manifestFiles(resolve(root), manifest));
  return withHashPool(
    (pool) => planFiles(store, request, { chunkSizeBytes, pool, manifests: 0 }, () => files),
    request.hashPool,
  );
}

export interface PlanShape {
  readonly chunkSizeBytes: number | undefined;
  readonly pool: HashPool;
  /** Manifests that are stored at the end, if there is anything to store. */
  readonly manifests: number;
  /** Known before the run; otherwise what the source finds. */
  readonly totals?: { readonly files: number; readonly bytes: number };
}

/** Plans the upload of `files`. */
export async function planFiles(
  store: Store,
  request: PresetOptions,
  { chunkSizeBytes, pool, manifests, totals }: PlanShape,
  files: (options: PresetOptions) => Pipeline<HashedEntry>,
): Promise<SubmitPlan> {
  if (store.directory === undefined) await requireBucket(store, request.signal);
  let asked = NO_REQUESTS; // by both attempts, where the check cache was wrong
  const onRequest = (kind: 'head' | 'list'): void => {
    asked = { ...asked, [kind]: asked[kind] + 1 };
  };
  const found = await healingStaleCache(store, request, (options) => {
    const units = objectsOf(files(options), options, chunkSizeBytes);
    const checked = checkExistence(units, store, options, { onRequest, pool });
    const sink = tallySink(store.directory === undefined);
    const shape = {
      status: 'PREPARING_IN_PROGRESS',
      operation: 'upload',
      ...(totals && { totals }),
    } as const;
    return runPreset(checked.into(sink), options, shape);
  });
  await Promise.all([request.hashCache?.flush(), request.checkCache?.flush()]);
  const manifest = { put: found.entries > 0 ? manifests : 0 };
  const requests = addRequests(addRequests(found.requests, asked), manifest);
  const { files: total, bytes, filesToSend, bytesToSend } = found;
  const estimatedCostUsd = store.directory === undefined ? requestCostUsd(requests) : 0;
  return { files: total, bytes, filesToSend, bytesToSend, requests, estimatedCostUsd };
}

interface Tally extends Omit<SubmitPlan, 'estimatedCostUsd'> {
  /** Files, directories and links. */
  readonly entries: number;
}

/** Counts what a transfer would send, in place of sending it. */
function tallySink(inParts: boolean): Sink<CheckedUnit, Tally> {
  return (ctx) => {
    const assembly = new FileAssembly();
    const requests: { -readonly [Kind in RequestKind]: number } = { ...NO_REQUESTS };
    let bytesToSend = 0;
    let entries = 0;
    return drain(ctx, {
      accept: ({ file, objects, object, present }) => {
        const sends = object !== undefined && present === undefined;
        if (sends) {
          bytesToSend += object.size;
          const needed = inParts ? uploadRequests(object.size) : { put: 1 };
          for (const kind of Object.keys(needed) as RequestKind[]) requests[kind] += needed[kind] ?? 0;
        }
        if (assembly.accept({ file, objects, outcome: sends ? 'sent' : 'skipped' })) entries += 1;
      },
      finish: () => {
        const { totalFiles: files, totalBytes: bytes, processedFiles: filesToSend } = assembly.transferred;
        return { files, bytes, filesToSend, bytesToSend, requests, entries };
      },
    });
  };
}
