/**
 * The upload story: walk, filter, cache lookup, hash, chunk, existence check, transfer,
 * manifest. Gives the attachments part of a CreateJob request.
 */
import { join } from 'node:path';
import { hasher } from '../hashing/xxh128.js';
import type { Attachments, ManifestProperties } from '../model/attachments.js';
import { encodeManifestMetadata } from '../model/metadata.js';
import type { SummaryStatistics } from '../model/statistics.js';
import { OptionError } from '../pipeline/errors.js';
import { type ManifestRoot, storedManifestSink } from '../sinks/stored-manifest-sink.js';
import type { WalkOptions } from '../sources/walk-tree.js';
import { BrokenLinks } from './broken-links.js';
import { withHashPool } from './hash-pool.js';
import { hostFormat } from './host-format.js';
import { completeStatistics, type PresetOptions, runPreset } from './preset-options.js';
import { type ManifestPlace, type StoredInputManifest, storeInputManifest } from './store-input-manifest.js';
import { type SubmitSource, submitSource } from './submit-source.js';
import { hashedFiles, type TreeOptions, treeSettings, walkOptions } from './tree-options.js';
import { healingStaleCache, uploadObjects } from './upload-stages.js';

export interface SubmitOptions extends PresetOptions, ManifestPlace, Omit<TreeOptions, 'version'> {
  readonly manifestVersion?: TreeOptions['version'];
  readonly fileSystemLocationName?: string;
}

export interface SubmitTreeRequest extends SubmitOptions {
  readonly root: string;
  /**
   * The root of the job's files: `directory` (default) is the one that is given; `files` is the
   * deepest directory that holds all of its files, and in a v2023-03-03 manifest its broken links, which the job then refers
   * to, as the Python library has it. Without any it is the one that is given.
   */
  readonly rootFrom?: 'directory' | 'files';
}

export interface SubmitResult {
  /** The attachments part of a CreateJob request. */
  readonly attachments: Attachments;
  readonly hashingStats: SummaryStatistics;
  readonly uploadStats: SummaryStatistics;
  /** Full key of the manifest; absent when the tree has no entry. */
  readonly manifestKey?: string;
}

/** Submits one directory. Its path, absolute and normalised, is the root of the job's files, unless `rootFrom` says otherwise. */
export async function submitTree(request: SubmitTreeRequest): Promise<SubmitResult> {
  const { rootFrom = 'directory' } = request;
  if (rootFrom !== 'directory' && rootFrom !== 'files')
    throw new OptionError('rootFrom', `${JSON.stringify(rootFrom)} is neither directory nor files`);
  const root = rootFrom === 'files' ? 'content' : 'source';
  return submit(await submitSource({ root: request.root }), request, root);
}

/** Submits directories and files together, below the directory that they have in common. Files are taken as they are, unfiltered. */
export async function submitTrees(
  request: SubmitOptions & { readonly paths: readonly string[] },
): Promise<SubmitResult> {
  return submit(await submitSource({ paths: request.paths }), request, 'source');
}

async function submit(
  { root, make }: SubmitSource,
  request: SubmitOptions,
  manifestRoot: ManifestRoot,
): Promise<SubmitResult> {
  const { store, manifestVersion, fileSystemLocationName, ...rest } = request;
  const tree: TreeOptions = { ...rest, ...(manifestVersion && { version: manifestVersion }) };
  const settings = treeSettings(tree);
  const { version, chunkSizeBytes } = settings;
  const broken = new BrokenLinks(root, request.log);
  // The 2025 formats hold links, also those that lead nowhere.
  const refersToLinks = manifestRoot === 'content' && version === 'v2023-03-03';
  encodeManifestMetadata(root, fileSystemLocationName); // a bad name fails before any work
  const startedMs = performance.now();
  request.hashCache?.prepare?.();
  const { stored, stats, hashing } = await withHashPool(
    (pool) =>
      healingStaleCache(store, request, (options) => {
        const walk: WalkOptions = {
          ...walkOptions(tree, settings, pool),
          ...(refersToLinks && { onBrokenLink: (path) => broken.add(path) }),
        };
        const files = hashedFiles(make(walk), pool, settings, options, true);
        const sink = storedManifestSink<StoredRoot>({
          ...settings,
          hasher,
          root: manifestRoot,
          alsoHeld: () => broken.paths,
          store: async (encoded, signal, below) => {
            const rootPath = join(root, below);
            const subject = { rootPath, fileSystemLocationName, version };
            return { rootPath, ...(await storeInputManifest(request, subject, encoded, signal)) };
          },
        });
        const upload = uploadObjects(files, store, options, { chunkSizeBytes, pool }).into(sink);
        return runPreset(upload, options, { status: 'UPLOAD_IN_PROGRESS', operation: 'upload' });
      }),
    request.hashPool,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  await Promise.all([request.hashCache?.flush(), request.checkCache?.flush()]);
  return {
    attachments: {
      manifests: [propertiesOf(broken.root, fileSystemLocationName, stored)],
      fileSystem: 'COPIED',
    },
    hashingStats: completeStatistics('hashing', hashing, seconds),
    uploadStats: completeStatistics('upload', stats, seconds),
    ...(stored && { manifestKey: stored.key }),
  };
}

interface StoredRoot extends StoredInputManifest {
  readonly rootPath: string;
}

function propertiesOf(
  root: string,
  fileSystemLocationName: string | undefined,
  stored: StoredRoot | undefined,
): ManifestProperties {
  return {
    rootPath: stored?.rootPath ?? root,
    ...(fileSystemLocationName && { fileSystemLocationName }),
    rootPathFormat: hostFormat,
    ...(stored && {
      inputManifestPath: stored.inputManifestPath,
      inputManifestHash: stored.inputManifestHash,
    }),
  };
}
