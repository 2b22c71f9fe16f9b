/** The output manifests of a job: found by listing, fetched side by side, merged per root (spec/storage.md 1.6 and 1.7). */
import type { StorageClient } from '../backends/storage-client.js';
import type { OutputLocation } from '../model/output-keys.js';
import type { OutputManifest } from '../model/output-selection.js';
import type { RootedOutput } from '../model/root-groups.js';
import { drain } from '../pipeline/drain.js';
import { CancelledError } from '../pipeline/errors.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { Pipeline } from '../pipeline/pipeline.js';
import {
  findOutputs,
  type ListPages,
  type OutputQuery,
  outputManifests,
} from '../sources/output-manifests.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import type { Store } from './store.js';
import { clientOf, readStoredManifest, type StoredManifest } from './stored-manifests.js';

/** An output manifest that a listing showed. */
export interface ManifestInfo {
  /** Full key. */
  readonly key: string;
  /** Seconds since the epoch. */
  readonly lastModified?: number;
  /** Session action that wrote it; absent where its folder names none. */
  readonly sessionActionId?: string;
}

/** Whose outputs: those of a job, of a step, of a task, or of one session action of a step. */
export interface OutputsRequest extends OutputQuery {
  readonly store: Store;
  readonly farmId: string;
  readonly queueId: string;
}

/**
 * Lists the manifests that hold the outputs: of each task those of its latest run, of a
 * chunked step all. Nothing there is an empty list. Rejects with `InvalidConfig` for a task
 * or a session action without its step, and with the errors of the store.
 */
export async function listOutputManifests(
  request: OutputsRequest & Pick<PresetOptions, 'signal' | 'maxBandwidth'>,
): Promise<ManifestInfo[]> {
  const { signal } = request;
  if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
  const { client, bucket } = clientOf(request.store, request);
  const found = await findOutputs(pagesOf(client, bucket), locationOf(request), request, signal);
  return found.map(manifestInfo);
}

/** What is told of a manifest outside. */
export function manifestInfo({ key, lastModified, sessionActionId }: OutputManifest): ManifestInfo {
  return {
    key,
    ...(lastModified !== undefined && { lastModified }),
    ...(sessionActionId !== undefined && { sessionActionId }),
  };
}

/** An output manifest with its content and its root. */
export interface FetchedOutput extends RootedOutput {
  readonly stored: StoredManifest;
}

/** Manifests fetched at once, as the specification has it. */
export const FETCH_OUTPUTS_DEFAULTS = { concurrency: 16 };

/**
 * Lists and fetches the output manifests: one GET each, in the order of their keys. Rejects
 * as {@link listOutputManifests} and `downloadManifest` do.
 */
export async function fetchOutputManifests(
  request: OutputsRequest & PresetOptions,
): Promise<FetchedOutput[]> {
  const { store, concurrency = FETCH_OUTPUTS_DEFAULTS.concurrency, log } = request;
  const { client, bucket } = clientOf(store, request);
  const found: FetchedOutput[] = [];
  const fetched = Pipeline.from(outputManifests(pagesOf(client, bucket), locationOf(request), request))
    .through((ctx) =>
      mapLeased<OutputManifest, FetchedOutput>(ctx, concurrency, async (source, signal) => {
        const lease = await ctx.budgets.bytes.acquire(source.size, signal); // its body is held while it is decoded
        try {
          const call = { signal, ...(log && { log }) };
          const stored = await readStoredManifest(client, bucket, source.key, call);
          return fetchedOutput(source, stored);
        } finally {
          lease.release();
        }
      }),
    )
    .into((ctx) =>
      drain(ctx, {
        accept: (output) => {
          found.push(output);
          ctx.progress.add('manifests', 1);
        },
        finish: () => found.sort(byKey),
      }),
    );
  const { onProgress: _own, ...options } = request; // the progress of a download is that of its files
  return await runPreset(fetched, options, { status: 'PREPARING_IN_PROGRESS', operation: 'download' });
}

/** The time of the object that was read counts: it may have been written anew since it was listed. */
function fetchedOutput(
  source: OutputManifest,
  stored: StoredManifest & { readonly assetRoot: string },
): FetchedOutput {
  const lastModified = stored.lastModified ?? source.lastModified;
  return {
    source: { ...source, ...(lastModified !== undefined && { lastModified }) },
    assetRoot: stored.assetRoot,
    manifest: stored.manifest,
    stored,
  };
}

function byKey(a: FetchedOutput, b: FetchedOutput): number {
  return a.source.key < b.source.key ? -1 : 1;
}

function locationOf({ store, farmId, queueId }: OutputsRequest): OutputLocation {
  return { ...store.location, farmId, queueId };
}

function pagesOf(client: StorageClient, bucket: string): ListPages {
  return (prefix, signal) => client.listObjects(bucket, prefix, signal && { signal });
}
