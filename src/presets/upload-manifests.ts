/**
 * Manifests into a store, for contents that are there already: keys, metadata and type of
 * spec/storage.md 1.3 to 1.5. Data first, manifest last: a stored manifest promises its objects.
 */
import { randomUUID } from 'node:crypto';
import { xxh128 } from '../hashing/xxh128.js';
import { manifestContentType } from '../model/content-type.js';
import { encodeManifest } from '../model/encode.js';
import { StorageError } from '../model/errors.js';
import type { Manifest } from '../model/manifest.js';
import { inputManifestName, outputManifestName, rootHash } from '../model/manifest-names.js';
import { encodeManifestMetadata } from '../model/metadata.js';
import { outputManifestPartialKey, type SessionAction } from '../model/output-keys.js';
import type { HostPaths } from '../model/paths.js';
import { normalizeRoot } from '../model/root-path.js';
import { inputManifestPartialKey, manifestKey } from '../model/s3-location.js';
import { isSessionActionId } from '../model/session-action.js';
import { OptionError } from '../pipeline/errors.js';
import { hostFormat } from './host-format.js';
import { writeLocalManifest } from './local-manifests.js';
import type { Store } from './store.js';
import { clientOf, type ManifestCallOptions } from './stored-manifests.js';

/** Tags that an object of S3 may have. */
const MAX_TAGS = 10;

/** What every stored manifest needs. */
export interface UploadManifestRequest extends ManifestCallOptions {
  readonly store: Store;
  readonly farmId: string;
  readonly queueId: string;
  readonly manifest: Manifest;
  /** Root that the manifest describes, exactly as the job names it. */
  readonly assetRoot: string;
  /** ASCII: it travels in a header. */
  readonly fileSystemLocationName?: string | undefined;
  /** Up to 10 tags of the stored manifest; they need `s3:PutObjectTagging`. Default: none. */
  readonly manifestTags?: Readonly<Record<string, string>> | undefined;
}

export interface UploadInputManifestRequest extends UploadManifestRequest {
  /** Whose rules the root's path follows. Default: those of this host. */
  readonly rootPathFormat?: HostPaths;
  /** 32 lowercase hex digits, new for every manifest. Default: a random UUID. */
  readonly newGuid?: () => string;
  /** Also write the manifest below this directory, with a line that says where it is stored (spec/storage.md 1.8). */
  readonly manifestWriteDir?: string | undefined;
  /** Begins the name of the folder in `manifestWriteDir`. */
  readonly rootDirName?: string | undefined;
}

/** What goes into the job, and where the manifest is. */
export interface UploadedInputManifest {
  /** Full key. */
  readonly key: string;
  /** Key below the manifests' folder. */
  readonly inputManifestPath: string;
  /** XXH128 of the stored bytes. */
  readonly inputManifestHash: string;
  /** With `manifestWriteDir`: the local copy. */
  readonly localPath?: string;
}

/** Stores a job's input manifest under a new key. Rejects with `InvalidConfig` before anything is sent, and with the errors of the store. */
export async function uploadInputManifest(
  request: UploadInputManifestRequest,
): Promise<UploadedInputManifest> {
  const { store, assetRoot, manifestWriteDir, rootDirName, newGuid = randomGuid } = request;
  const ids = checkedIds(request);
  const root = normalizeRoot(assetRoot, request.rootPathFormat ?? hostFormat);
  const inputManifestPath = inputManifestPartialKey(ids, newGuid(), rootHash(root, xxh128));
  const key = manifestKey(store.location, inputManifestPath);
  const bytes = encodeManifest(request.manifest);
  const uploaded = { key, inputManifestPath, inputManifestHash: await putManifest(request, key, bytes) };
  if (manifestWriteDir === undefined) return uploaded;
  const localPath = await writeLocalManifest({
    ...{ manifestWriteDir, rootDirName, name: inputManifestName(root, xxh128), s3Key: key },
    content: { kind: 'bytes', bytes },
  });
  return { ...uploaded, localPath };
}

export interface UploadOutputManifestRequest extends UploadManifestRequest {
  /** Where and when the outputs were made; without a task for a chunked step. */
  readonly action: SessionAction;
}

export interface UploadedOutputManifest {
  /** Full key. */
  readonly key: string;
  /** Key below the manifests' folder. */
  readonly outputManifestPath: string;
  /** XXH128 of the stored bytes. */
  readonly outputManifestHash: string;
}

/**
 * Stores the manifest of one root's outputs in the folder of its session action. Rejects as
 * {@link uploadInputManifest}. An id that Python's `queue sync-output` cannot read is warned about.
 */
export async function uploadOutputManifest(
  request: UploadOutputManifestRequest,
): Promise<UploadedOutputManifest> {
  const { store, action, assetRoot, fileSystemLocationName, log } = request;
  const name = outputManifestName(assetRoot, fileSystemLocationName, xxh128);
  const location = { ...store.location, ...checkedIds(request) };
  const outputManifestPath = outputManifestPartialKey(location, action, name);
  if (!isSessionActionId(action.sessionActionId)) {
    const problem = `the session action id ${JSON.stringify(action.sessionActionId)} is not of the form sessionaction-{x}-{n}`;
    log?.('warning', `${problem}: other programs may not find the outputs stored under it`);
  }
  const key = manifestKey(store.location, outputManifestPath);
  const outputManifestHash = await putManifest(request, key, encodeManifest(request.manifest));
  return { key, outputManifestPath, outputManifestHash };
}

/** What is stored with a manifest's bytes. */
export interface ManifestDetails extends ManifestCallOptions {
  readonly store: Store;
  readonly manifest: Pick<Manifest, 'version'>;
  /** Absent where nobody knows it: such a manifest is found by its key only. */
  readonly assetRoot?: string | undefined;
  readonly fileSystemLocationName?: string | undefined;
  readonly manifestTags?: Readonly<Record<string, string>> | undefined;
}

/** Stores the bytes of a manifest under `key`, unconditionally, and gives their XXH128. */
export async function putManifest(request: ManifestDetails, key: string, bytes: Uint8Array): Promise<string> {
  const { store, manifest, assetRoot, fileSystemLocationName, signal } = request;
  const tags = checkedTags(request.manifestTags ?? {});
  const userMetadata =
    assetRoot === undefined ? {} : encodeManifestMetadata(assetRoot, fileSystemLocationName);
  const hash = xxh128(bytes);
  const { client, bucket } = clientOf(store, request);
  await client.putObject(bucket, key, bytes, {
    contentType: manifestContentType(manifest),
    userMetadata,
    xxh128: hash,
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(signal && { signal }),
  });
  return hash;
}

function checkedTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const count = Object.keys(tags).length;
  if (count <= MAX_TAGS) return tags;
  throw new OptionError('manifestTags', `has ${count} tags, and an object can have ${MAX_TAGS} at most`);
}

function checkedIds({ farmId, queueId }: UploadManifestRequest): { farmId: string; queueId: string } {
  for (const [what, id] of [
    ['farm', farmId],
    ['queue', queueId],
  ]) {
    if (id === '') throw new StorageError('InvalidConfig', `the ${what} id is empty`);
  }
  return { farmId, queueId };
}

function randomGuid(): string {
  return randomUUID().replaceAll('-', '');
}
