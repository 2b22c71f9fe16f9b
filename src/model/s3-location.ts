/**
 * Where a job's objects and manifests are (spec/storage.md 1.1 and 1.2). Keys are
 * segments joined by one `/` and nothing else: nothing is trimmed or collapsed, since a
 * tidy join would split the content-addressed store that other programs share.
 */
import { StorageError } from './errors.js';
import { isHashText } from './hash-text.js';
import { HASH_ALG } from './manifest.js';

/** A content-addressed store: a bucket, a prefix in it, and its two folders. */
export interface S3Location {
  readonly bucket: string;
  readonly rootPrefix: string;
  /** Folder of the objects. Default {@link CAS_PREFIX}; any other value is not interoperable. */
  readonly casPrefix?: string;
  /** Folder of the manifests. Default {@link MANIFEST_PREFIX}. */
  readonly manifestPrefix?: string;
}

/** Where a farm's queue keeps its manifests. */
export interface ManifestLocation {
  readonly bucket: string;
  readonly rootPrefix: string;
  readonly farmId: string;
  readonly queueId: string;
}

export const CAS_PREFIX = 'Data';
export const MANIFEST_PREFIX = 'Manifests';

/** `location` if it can be used. Throws `InvalidConfig` for an empty bucket or root prefix. */
export function checkLocation<L extends { bucket: string; rootPrefix: string }>(location: L): L {
  if (location.bucket === '') throw new StorageError('InvalidConfig', 'the bucket name is empty');
  if (location.rootPrefix === '') throw new StorageError('InvalidConfig', 'the root prefix is empty');
  return location;
}

/** Key of a content-addressed object: `{rootPrefix}/Data/{hash}.xxh128`. Throws `InvalidConfig` for a hash that is none. */
export function casKey(location: S3Location, hash: string): string {
  return `${legacyCasKey(location, hash)}.${HASH_ALG}`;
}

/** Key of an object as very old releases wrote it, without the algorithm's suffix; only ever read. */
export function legacyCasKey(location: S3Location, hash: string): string {
  if (!isHashText(hash)) {
    throw new StorageError(
      'InvalidConfig',
      `${JSON.stringify(hash.slice(0, 200))} cannot be a hash: a key was asked for it`,
    );
  }
  return `${casFolder(location)}/${hash}`;
}

/** Prefix of all content-addressed objects, without a `/` at the end. */
export function casFolder(location: S3Location): string {
  return `${location.rootPrefix}/${location.casPrefix ?? CAS_PREFIX}`;
}

/** Key of an object in the S3 check cache: `{bucket}/{key}` (spec/storage.md 5.2). */
export function checkCacheKey(location: S3Location, key: string): string {
  return `${location.bucket}/${key}`;
}

/** Full key of a manifest whose key below the manifests' folder is `partialKey`. */
export function manifestKey(location: S3Location, partialKey: string): string {
  return `${location.rootPrefix}/${location.manifestPrefix ?? MANIFEST_PREFIX}/${partialKey}`;
}

/** Partial key of an input manifest: `{farmId}/{queueId}/Inputs/{guid}/{rootHash}_input`. */
export function inputManifestPartialKey(
  ids: { farmId: string; queueId: string },
  guid: string,
  rootHash: string,
): string {
  return `${ids.farmId}/${ids.queueId}/Inputs/${guid}/${rootHash}_input`;
}

/**
 * Parses `s3://bucket/prefix`: the scheme in any case, the prefix without its leading `/`,
 * cut at a `?` or `#`. Throws `InvalidConfig` for an empty bucket or prefix.
 */
export function parseS3Uri(uri: string): S3Location {
  const match = /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?/i.exec(uri);
  const [, bucket = '', rootPrefix = ''] = match ?? [];
  if (bucket === '' || rootPrefix === '') {
    throw new StorageError(
      'InvalidConfig',
      'Invalid root uri format, should be s3://s3BucketName/rootPrefix.',
    );
  }
  return { bucket, rootPrefix };
}

/** The location as `s3://bucket/prefix`. */
export function s3Uri(location: { readonly bucket: string; readonly rootPrefix: string }): string {
  return `s3://${s3Path(location)}`;
}

/** The location as `bucket/prefix`. */
export function s3Path({
  bucket,
  rootPrefix,
}: {
  readonly bucket: string;
  readonly rootPrefix: string;
}): string {
  return `${bucket}/${rootPrefix}`;
}

/** Parses `bucket/prefix`, split at the first `/`. Throws `InvalidConfig` where either part is empty. */
export function parseS3Path(path: string): S3Location {
  const slash = path.indexOf('/');
  const [bucket, rootPrefix] = [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
  if (bucket !== '' && rootPrefix !== '') return { bucket, rootPrefix };
  throw new StorageError('InvalidConfig', 'Invalid root path format, should be s3BucketName/rootPrefix.');
}
