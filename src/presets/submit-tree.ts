/**
 * The upload story: walk, filter, cache lookup, hash, chunk, existence check, transfer,
 * manifest. Gives the attachments part of a CreateJob request.
 */
import { randomUUID } from 'node:crypto';
import { hasher, xxh128 } from '../hashing/xxh128.js';
import type { Attachments, ManifestProperties } from '../model/attachments.js';
import { manifestContentType } from '../model/content-type.js';
import { inputManifestName, rootHash } from '../model/manifest-names.js';
import { encodeManifestMetadata } from '../model/metadata.js';
import { inputManifestPartialKey, manifestKey } from '../model/s3-location.js';
import type { SummaryStatistics } from '../model/statistics.js';
import { type EncodedManifest, storedManifestSink } from '../sinks/stored-manifest-sink.js';
import { withHashPool } from './hash-pool.js';
import { writeLocalManifest } from './local-manifests.js';
import { completeStatistics, type PresetOptions, runPreset } from './preset-options.js';
import type { Store } from './store.js';
import { type SubmitSource, submitSource } from './submit-source.js';
import {
  hashedFiles,
  type TreeOptions,
  type TreeSettings,
  treeSettings,
  walkOptions,
} from './tree-options.js';
import { healingStaleCache, uploadObjects } from './upload-stages.js';

export interface SubmitOptions extends PresetOptions, Omit<TreeOptions, 'version'> {
  readonly store: Store;
  /** Default `farm-local`. */
  readonly farmId?: string;
  /** Default `queue-local`. */
  readonly queueId?: string;
  readonly manifestVersion?: TreeOptions['version'];
  readonly fileSystemLocationName?: string;
  /** Also write the manifest to `{manifestWriteDir}/manifests`, with a line that says where it is stored. */
  readonly manifestWriteDir?: string;
  /** Names the folder of those manifests: `{rootDirName}_manifests`. */
  readonly rootDirName?: string;
  /** 32 lowercase hex digits, new for every manifest. Default: a random UUID. */
  readonly newGuid?: () => string;
}
export const SUBMIT_DEFAULTS = { farmId: 'farm-local', queueId: 'queue-local' } as const;

export interface SubmitResult {
  /** The attachments part of a CreateJob request. */
  readonly attachments: Attachments;
  readonly hashingStats: SummaryStatistics;
  readonly uploadStats: SummaryStatistics;
  /** Full key of the manifest; absent when the tree has no entry. */
  readonly manifestKey?: string;
}

/** Submits one directory. Its path, absolute and normalised, is the root of the job's files. */
export async function submitTree(request: SubmitOptions & { readonly root: string }): Promise<SubmitResult> {
  return submit(await submitSource({ root: request.root }), request);
}

/** Submits directories and files together, below the directory that they have in common. Files are taken as they are, unfiltered. */
export async function submitTrees(
  request: SubmitOptions & { readonly paths: readonly string[] },
): Promise<SubmitResult> {
  return submit(await submitSource({ paths: request.paths }), request);
}

async function submit({ root, make }: SubmitSource, request: SubmitOptions): Promise<SubmitResult> {
  const { store, manifestVersion, ...rest } = request;
  const tree: TreeOptions = { ...rest, ...(manifestVersion && { version: manifestVersion }) };
  const settings = treeSettings(tree);
  const metadata = encodeManifestMetadata(root, request.fileSystemLocationName); // a bad name fails before any work
  const startedMs = performance.now();
  request.hashCache?.prepare?.();
  const { stored, stats, hashing } = await withHashPool((pool) =>
    healingStaleCache(store, request, (options) => {
      const files = hashedFiles(make(walkOptions(tree, settings, pool)), pool, settings, options, true);
      const sink = storedManifestSink({
        version: settings.version,
        chunkSizeBytes: settings.chunkSizeBytes,
        includeEmptyDirs: settings.includeEmptyDirs,
        hasher,
        store: (encoded, signal) => storeInputManifest(root, request, settings, metadata, encoded, signal),
      });
      const { chunkSizeBytes } = settings;
      const upload = uploadObjects(files, store, options, { chunkSizeBytes, pool }).into(sink);
      return runPreset(upload, options, { status: 'UPLOAD_IN_PROGRESS', operation: 'upload' });
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  await Promise.all([request.hashCache?.flush(), request.checkCache?.flush()]);
  return {
    attachments: { manifests: [propertiesOf(root, request, stored)], fileSystem: 'COPIED' },
    hashingStats: completeStatistics('hashing', hashing, seconds),
    uploadStats: completeStatistics('upload', stats, seconds),
    ...(stored && { manifestKey: stored.key }),
  };
}

interface StoredManifest {
  readonly key: string;
  readonly partialKey: string;
  readonly hash: string;
}

async function storeInputManifest(
  root: string,
  request: SubmitOptions,
  { version }: TreeSettings,
  userMetadata: Record<string, string>,
  { hash, content }: EncodedManifest,
  signal: AbortSignal,
): Promise<StoredManifest> {
  const {
    store,
    farmId = SUBMIT_DEFAULTS.farmId,
    queueId = SUBMIT_DEFAULTS.queueId,
    newGuid = randomGuid,
  } = request;
  const partialKey = inputManifestPartialKey({ farmId, queueId }, newGuid(), rootHash(root, xxh128));
  const key = manifestKey(store.location, partialKey);
  const put = { contentType: manifestContentType({ version }), userMetadata, xxh128: hash, signal };
  const { bucket } = store.location;
  if (content.kind === 'bytes') await store.client.putObject(bucket, key, content.bytes, put);
  else await store.client.putObjectFromFile(bucket, key, content.path, put);
  const { manifestWriteDir, rootDirName } = request;
  if (manifestWriteDir !== undefined) {
    const name = inputManifestName(root, xxh128);
    await writeLocalManifest({ manifestWriteDir, rootDirName, name, s3Key: key, content });
  }
  return { key, partialKey, hash };
}

function propertiesOf(
  root: string,
  request: SubmitOptions,
  stored: StoredManifest | undefined,
): ManifestProperties {
  return {
    rootPath: root,
    ...(request.fileSystemLocationName && { fileSystemLocationName: request.fileSystemLocationName }),
    rootPathFormat: process.platform === 'win32' ? 'windows' : 'posix',
    ...(stored && { inputManifestPath: stored.partialKey, inputManifestHash: stored.hash }),
  };
}

function randomGuid(): string {
  return randomUUID().replaceAll('-', '');
}
