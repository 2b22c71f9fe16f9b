/** From the references of a job to the files of its groups, ready to be hashed: what submitting and planning have in common. */

import { xxh128 } from '../hashing/xxh128.js';
import type { AssetRootGroup, AssetUploadGroup } from '../model/asset-groups.js';
import type { AssetReferences } from '../model/asset-references.js';
import { checkFileSystemMode, DEFAULT_FILE_SYSTEM_MODE } from '../model/attachments.js';
import type { TreeEntry } from '../model/file-item.js';
import { attachmentsOf, inputManifestPathOf } from '../model/group-attachments.js';
import { separatorOf } from '../model/host-path.js';
import { encodeManifestMetadata } from '../model/metadata.js';
import { toPosix } from '../model/relative-host-path.js';
import { fromBatches } from '../pipeline/batched.js';
import { CancelledError } from '../pipeline/errors.js';
import type { Source } from '../pipeline/types.js';
import { checkGatherOptions, type GatherAssetsOptions, gatherInPool } from './gather-assets.js';
import { hostFormat } from './host-format.js';
import type { WalkPool } from './path-survey.js';
import { cancelledEarly, type PresetOptions } from './preset-options.js';
import { idsOf, type ManifestPlace } from './store-input-manifest.js';
import { type TreeOptions, type TreeSettings, treeSettings } from './tree-options.js';

export interface BundleAttachmentsRequest
  extends PresetOptions,
    ManifestPlace,
    Omit<GatherAssetsOptions, keyof PresetOptions> {
  readonly assetReferences: AssetReferences;
  /** `COPIED` (default) or `VIRTUAL`, as it stands in the payload. */
  readonly fileSystemMode?: string;
  /** Default `v2023-03-03`. */
  readonly manifestVersion?: TreeOptions['version'];
  /** Bytes per chunk of `v2025-12`; -1: whole files. The other formats have no choice. */
  readonly chunkSizeBytes?: number;
  /** Called with the groups before anything is hashed; what it throws ends the submission. */
  readonly onGrouped?: (groups: AssetUploadGroup) => void | Promise<void>;
}

/** Settings of a request. Throws `InvalidConfig` for an option that cannot be used, before any file is touched. */
export function bundleSettings(request: BundleAttachmentsRequest): TreeSettings {
  const { manifestVersion: version, chunkSizeBytes, fileSystemMode } = request;
  checkFileSystemMode(fileSystemMode ?? DEFAULT_FILE_SYSTEM_MODE);
  checkGatherOptions(request);
  return treeSettings({
    symlinks: 'collapse_files',
    ...(version !== undefined && { version }),
    ...(chunkSizeBytes !== undefined && { chunkSizeBytes }),
  });
}

export interface BundleFiles {
  readonly groups: AssetUploadGroup;
  readonly totals: { readonly files: number; readonly bytes: number };
  readonly entryOf: (path: string) => TreeEntry | undefined;
}

/**
 * Gathers and groups, and makes sure that the service would take the groups. Rejects as
 * `gatherAssets` and `onGrouped` do, with `InvalidConfig`, and with `CancelledError`.
 */
export async function gatherBundle(request: BundleAttachmentsRequest, pool: WalkPool): Promise<BundleFiles> {
  const { signal, assetReferences } = request;
  try {
    const { groups, entryOf } = await gatherInPool(assetReferences, request, pool);
    checkPayload(groups.assetGroups, request);
    await request.onGrouped?.(groups);
    if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
    return { groups, entryOf, totals: { files: groups.totalInputFiles, bytes: groups.totalInputBytes } };
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    throw cancelledEarly({ status: 'UPLOAD_IN_PROGRESS', operation: 'upload' }, error.cause);
  }
}

const ANY_HASH = '0'.repeat(32);

/** What the service or a header would refuse is found out before anything is hashed: each digest is as long as the next. */
function checkPayload(groups: readonly AssetRootGroup[], request: BundleAttachmentsRequest): void {
  const ids = idsOf(request);
  attachmentsOf(groups, {
    ...{ format: hostFormat, fileSystem: request.fileSystemMode ?? DEFAULT_FILE_SYSTEM_MODE },
    manifestOf: ({ rootPath }) => ({
      inputManifestPath: inputManifestPathOf(ids, ANY_HASH, rootPath, xxh128),
      inputManifestHash: ANY_HASH,
    }),
  });
  for (const { rootPath, fileSystemLocationName } of groups) {
    encodeManifestMetadata(rootPath, fileSystemLocationName);
  }
}

const BATCH_FILES = 1024;

/** The inputs of all groups, as they were seen when they were gathered, under their absolute paths. */
export function groupFiles({ groups, entryOf }: BundleFiles): Source<TreeEntry> {
  return () => fromBatches(batches(groups.assetGroups, entryOf));
}

async function* batches(
  groups: readonly AssetRootGroup[],
  entryOf: BundleFiles['entryOf'],
): AsyncGenerator<readonly TreeEntry[]> {
  let batch: TreeEntry[] = [];
  for (const { inputs } of groups) {
    for (const path of inputs) {
      batch.push(entryOf(path) as TreeEntry); // every input was gathered
      if (batch.length < BATCH_FILES) continue;
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

/** Says of an input to which group it belongs, and its path in that group's manifest. */
export function placeIn(groups: readonly AssetRootGroup[]) {
  const separator = separatorOf(hostFormat);
  const places = groups.map((group) => {
    const { rootPath } = group;
    return { group, from: rootPath.endsWith(separator) ? rootPath.length : rootPath.length + 1 };
  });
  return (path: string): { readonly group: AssetRootGroup; readonly path: string } => {
    const place = places.find(({ group }) => group.inputs.has(path)) as (typeof places)[number]; // no input is in none
    return { group: place.group, path: toPosix(path.slice(place.from), hostFormat) };
  };
}
