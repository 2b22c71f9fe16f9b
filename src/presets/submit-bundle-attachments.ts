/**
 * The attachments of a job from the paths that it refers to: gather, group, then one upload
 * over all groups, and at its end a manifest per group (spec/files-and-submission.md 7.1).
 */
import { hasher } from '../hashing/xxh128.js';
import type { AssetRootGroup, AssetUploadGroup } from '../model/asset-groups.js';
import { type Attachments, attachmentsJson, DEFAULT_FILE_SYSTEM_MODE } from '../model/attachments.js';
import { attachmentsOf } from '../model/group-attachments.js';
import type { SummaryStatistics } from '../model/statistics.js';
import { groupedManifestsSink } from '../sinks/grouped-manifests-sink.js';
import {
  type BundleAttachmentsRequest,
  bundleSettings,
  gatherBundle,
  groupFiles,
  placeIn,
} from './gather-bundle.js';
import { withHashPool } from './hash-pool.js';
import { hostFormat } from './host-format.js';
import { completeStatistics, runPreset } from './preset-options.js';
import { type StoredInputManifest, storeInputManifest } from './store-input-manifest.js';
import { hashedFiles, type TreeSettings } from './tree-options.js';
import { healingStaleCache, uploadObjects } from './upload-stages.js';

export type SubmitBundleAttachmentsRequest = BundleAttachmentsRequest;

export interface SubmitBundleAttachmentsResult {
  /** Absent without any group: CreateJob takes no empty list. */
  readonly attachments?: Attachments;
  /** The payload as JSON text. */
  readonly attachmentsJson?: string;
  readonly groups: AssetUploadGroup;
  readonly hashingStats: SummaryStatistics;
  readonly uploadStats: SummaryStatistics;
  /** Full keys of the manifests, in the order of the groups that have inputs. */
  readonly manifestKeys: readonly string[];
}

/**
 * Uploads what the references of a job need, and gives the `attachments` of its CreateJob request.
 *
 * - Errors: those of `gatherAssets`; `InvalidConfig` before any file is touched for an option,
 *   and before any is hashed for groups that the service would refuse; then those of `submitTree`.
 *   Whatever fails, no manifest names an object that is not there, and there is no payload.
 * - Cancel: `CancelledError` with statistics; objects that were uploaded stay.
 * - Progress: totals are known from the first report.
 */
export async function submitBundleAttachments(
  request: SubmitBundleAttachmentsRequest,
): Promise<SubmitBundleAttachmentsResult> {
  const settings = bundleSettings(request);
  const startedMs = performance.now();
  request.hashCache?.prepare?.();
  return await withHashPool(async (pool) => {
    const files = await gatherBundle(request, pool);
    const { stored, stats, hashing } = await healingStaleCache(request.store, request, (options) => {
      const hashed = hashedFiles(groupFiles(files), pool, settings, options, true);
      const upload = uploadObjects(hashed, request.store, options, {
        ...{ chunkSizeBytes: settings.chunkSizeBytes, pool },
      });
      const run = upload.into(manifestsSink(files.groups, settings, request));
      const shape = { status: 'UPLOAD_IN_PROGRESS', operation: 'upload', totals: files.totals } as const;
      return runPreset(run, options, shape);
    });
    const seconds = (performance.now() - startedMs) / 1000;
    await Promise.all([request.hashCache?.flush(), request.checkCache?.flush()]);
    return {
      ...payloadOf(files.groups, stored, request),
      groups: files.groups,
      hashingStats: completeStatistics('hashing', hashing, seconds),
      uploadStats: completeStatistics('upload', stats, seconds),
      manifestKeys: Array.from(stored.values(), ({ key }) => key),
    };
  }, request.hashPool);
}

type StoredManifests = ReadonlyMap<AssetRootGroup, StoredInputManifest>;

function manifestsSink(
  { assetGroups: groups }: AssetUploadGroup,
  settings: TreeSettings,
  request: BundleAttachmentsRequest,
) {
  return groupedManifestsSink<AssetRootGroup, StoredInputManifest>({
    ...{ ...settings, hasher, groups, placeOf: placeIn(groups) },
    store: (group, encoded, signal) =>
      storeInputManifest(request, { ...group, version: settings.version }, encoded, signal),
  });
}

function payloadOf(
  { assetGroups }: AssetUploadGroup,
  stored: StoredManifests,
  { fileSystemMode: fileSystem = DEFAULT_FILE_SYSTEM_MODE }: BundleAttachmentsRequest,
): Pick<SubmitBundleAttachmentsResult, 'attachments' | 'attachmentsJson'> {
  const attachments = attachmentsOf(assetGroups, {
    ...{ format: hostFormat, fileSystem },
    manifestOf: (group) => stored.get(group),
  });
  return attachments ? { attachments, attachmentsJson: JSON.stringify(attachmentsJson(attachments)) } : {};
}
