/** The input manifest of one root into a store, and below the user's own directory: keys, metadata and type of spec/storage.md 1.3 to 1.5 and 1.8. */
import { randomUUID } from 'node:crypto';
import { xxh128 } from '../hashing/xxh128.js';
import { manifestContentType } from '../model/content-type.js';
import { type InputManifest, inputManifestPathOf } from '../model/group-attachments.js';
import type { ManifestVersion } from '../model/manifest.js';
import { inputManifestName } from '../model/manifest-names.js';
import { encodeManifestMetadata } from '../model/metadata.js';
import { manifestKey } from '../model/s3-location.js';
import type { EncodedManifest } from '../sinks/encoded-entries.js';
import { writeLocalManifest } from './local-manifests.js';
import type { Store } from './store.js';

/** Where the manifests of a submission go. */
export interface ManifestPlace {
  readonly store: Store;
  /** Default {@link SUBMIT_DEFAULTS}. */
  readonly farmId?: string;
  /** Default {@link SUBMIT_DEFAULTS}. */
  readonly queueId?: string;
  /** Also write the manifest to `{manifestWriteDir}/manifests`, with a line that says where it is stored. */
  readonly manifestWriteDir?: string;
  /** Names the folder of those manifests: `{rootDirName}_manifests`. */
  readonly rootDirName?: string;
  /** 32 lowercase hex digits, new for every manifest. Default: a random UUID. */
  readonly newGuid?: () => string;
}
export const SUBMIT_DEFAULTS = { farmId: 'farm-local', queueId: 'queue-local' } as const;

/** What the manifest describes. */
export interface ManifestSubject {
  readonly rootPath: string;
  readonly fileSystemLocationName?: string | undefined;
  readonly version: ManifestVersion;
}

export interface StoredInputManifest extends InputManifest {
  /** Full key. */
  readonly key: string;
}

/** Stores a manifest under a new key. Rejects with the errors of the store, and those of `writeLocalManifest`. */
export async function storeInputManifest(
  place: ManifestPlace,
  { rootPath, fileSystemLocationName, version }: ManifestSubject,
  { hash, content }: EncodedManifest,
  signal: AbortSignal,
): Promise<StoredInputManifest> {
  const { store, newGuid = randomGuid, manifestWriteDir, rootDirName } = place;
  const inputManifestPath = inputManifestPathOf(idsOf(place), newGuid(), rootPath, xxh128);
  const key = manifestKey(store.location, inputManifestPath);
  const userMetadata = encodeManifestMetadata(rootPath, fileSystemLocationName);
  const put = { contentType: manifestContentType({ version }), userMetadata, xxh128: hash, signal };
  const { bucket } = store.location;
  if (content.kind === 'bytes') await store.client.putObject(bucket, key, content.bytes, put);
  else await store.client.putObjectFromFile(bucket, key, content.path, put);
  if (manifestWriteDir !== undefined) {
    const name = inputManifestName(rootPath, xxh128);
    await writeLocalManifest({ manifestWriteDir, rootDirName, name, s3Key: key, content });
  }
  return { key, inputManifestPath, inputManifestHash: hash };
}

/** Farm and queue, with their defaults. */
export function idsOf({ farmId, queueId }: Pick<ManifestPlace, 'farmId' | 'queueId'>) {
  return { farmId: farmId ?? SUBMIT_DEFAULTS.farmId, queueId: queueId ?? SUBMIT_DEFAULTS.queueId };
}

function randomGuid(): string {
  return randomUUID().replaceAll('-', '');
}
