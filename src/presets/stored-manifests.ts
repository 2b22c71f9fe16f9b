/** Manifests out of a store: one GET each gives body, metadata and time (spec/storage.md 1.3 to 1.6). */
import { parseSidecar } from '../backends/directory/sidecar.js';
import { hintFor } from '../backends/s3/hints.js';
import type { HeadResult, StorageClient } from '../backends/storage-client.js';
import { xxh128 } from '../hashing/xxh128.js';
import { decodeManifest } from '../model/decode.js';
import {
  ManifestError,
  StorageError,
  type StorageErrorKind,
  type StorageErrorSubject,
} from '../model/errors.js';
import type { Manifest } from '../model/manifest.js';
import { decodeAssetRoot, decodeLocationName, SIDECAR_SUFFIX } from '../model/metadata.js';
import { quoted } from '../model/quoted.js';
import { manifestKey } from '../model/s3-location.js';
import type { PresetOptions } from './preset-options.js';
import type { Store } from './store.js';
import { casOf } from './store-calls.js';

/** A manifest as it is stored. */
export interface StoredManifest {
  /** Full key. */
  readonly key: string;
  readonly manifest: Manifest;
  /** XXH128 of the stored bytes. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly lastModified?: number;
  /** Root that the metadata names; only input manifests may lack it. */
  readonly assetRoot?: string;
  /** To be shown, not to be trusted: some writers store other things under this name. */
  readonly fileSystemLocationName?: string;
}

/** What reading one manifest takes of the options of every preset. */
export type ManifestCallOptions = Pick<PresetOptions, 'signal' | 'log' | 'maxBandwidth'>;

/**
 * Reads the manifest with the full key `key`. Rejects with `NotFound`, with `MissingAssetRoot`
 * where its metadata names no root, and with `ManifestInvalid`, whose cause is the
 * `ManifestError`; each names bucket and key. Metadata that is broken but not needed is warned about.
 */
export async function downloadManifest(
  request: ManifestCallOptions & { readonly store: Store; readonly key: string },
): Promise<StoredManifest & { readonly assetRoot: string }> {
  const { store, key } = request;
  const { client, bucket } = clientOf(store, request);
  return await readStoredManifest(client, bucket, key, request);
}

/**
 * Reads the input manifest of a job by its `inputManifestPath`, which is a key below the
 * manifests' folder. Its metadata may be missing: Python writes none. With `inputManifestHash`
 * other bytes than those that were submitted are `HashMismatch`. Else as {@link downloadManifest}.
 */
export async function downloadInputManifest(
  request: ManifestCallOptions & {
    readonly store: Store;
    readonly inputManifestPath: string;
    readonly inputManifestHash?: string | undefined;
  },
): Promise<StoredManifest> {
  const { store, inputManifestPath, inputManifestHash } = request;
  const { client, bucket } = clientOf(store, request);
  const key = manifestKey(store.location, inputManifestPath);
  const found = await getManifest(client, bucket, key, request);
  if (inputManifestHash !== undefined && found.hash !== inputManifestHash) {
    throw aboutManifest(
      'HashMismatch',
      bucket,
      key,
      `its bytes have the hash ${found.hash}, the job says ${inputManifestHash}`,
      {
        hint: 'the stored manifest was replaced or damaged: submit the job again',
      },
    );
  }
  const assetRoot = assetRootOf(found.head, bucket, key, request, false);
  return { ...described(found), ...(assetRoot !== undefined && { assetRoot }) };
}

/** As {@link downloadManifest}, on a client that is at hand. */
export async function readStoredManifest(
  client: StorageClient,
  bucket: string,
  key: string,
  options: ManifestCallOptions,
): Promise<StoredManifest & { readonly assetRoot: string }> {
  const found = await getManifest(client, bucket, key, options);
  const assetRoot = assetRootOf(found.head, bucket, key, options, false);
  if (assetRoot !== undefined) return { ...described(found), assetRoot };
  const copied = { ...found, head: await withSidecar(client, bucket, found.head, options) };
  return { ...described(copied), assetRoot: assetRootOf(copied.head, bucket, key, options, true) };
}

/** Copied file by file, a directory store has its metadata in objects of their own (spec/storage.md 1.8). */
async function withSidecar(
  client: StorageClient,
  bucket: string,
  head: HeadResult,
  { signal }: ManifestCallOptions,
): Promise<HeadResult> {
  try {
    const { data } = await client.getObject(bucket, head.key + SIDECAR_SUFFIX, signal && { signal });
    const details = parseSidecar(new TextDecoder().decode(data), head.size);
    return { ...head, userMetadata: details?.userMetadata ?? head.userMetadata };
  } catch (error) {
    // Who may not list a bucket is not told that an object is missing.
    if (error instanceof StorageError && ['NotFound', 'AccessDenied'].includes(error.kind)) return head;
    throw error;
  }
}

/** The store's client behind the bandwidth limit where one is set, and its bucket. */
export function clientOf(
  store: Store,
  options: PresetOptions,
): { readonly client: StorageClient; readonly bucket: string } {
  return { client: casOf(store, options).client, bucket: store.location.bucket };
}

interface FoundManifest {
  readonly key: string;
  readonly manifest: Manifest;
  readonly hash: string;
  readonly head: HeadResult;
}

function described({ key, manifest, hash, head }: FoundManifest): Omit<StoredManifest, 'assetRoot'> {
  const fileSystemLocationName = decodeLocationName(head.userMetadata);
  return {
    key,
    manifest,
    hash,
    size: head.size,
    ...(head.lastModified !== undefined && { lastModified: head.lastModified }),
    ...(fileSystemLocationName !== undefined && { fileSystemLocationName }),
  };
}

async function getManifest(
  client: StorageClient,
  bucket: string,
  key: string,
  { signal }: ManifestCallOptions,
): Promise<FoundManifest> {
  const { data, head } = await client.getObject(bucket, key, signal && { signal }).catch((error: unknown) => {
    throw withHint(error, bucket, key);
  });
  try {
    return { key, manifest: decodeManifest(data), hash: xxh128(data), head };
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw aboutManifest('ManifestInvalid', bucket, key, `it cannot be used: ${cause.message}`, { cause });
  }
}

/** A backend does not know that the object was a manifest, and what that means for the user. */
function withHint(error: unknown, bucket: string, key: string): unknown {
  if (!(error instanceof StorageError) || error.kind !== 'NotFound') return error;
  const problem =
    error.path === undefined ? 'there is no such manifest' : `the store has no file ${quoted(error.path)}`;
  return aboutManifest('NotFound', bucket, key, problem, {
    httpStatus: 404,
    attempts: error.attempts,
    ...(error.requestId !== undefined && { requestId: error.requestId }),
    ...(error.s3Code !== undefined && { s3Code: error.s3Code }),
    hint: hintFor('manifest-missing', {}),
    cause: error,
  });
}

function assetRootOf(
  head: HeadResult,
  bucket: string,
  key: string,
  options: ManifestCallOptions,
  required: true,
): string;
function assetRootOf(
  head: HeadResult,
  bucket: string,
  key: string,
  options: ManifestCallOptions,
  required: false,
): string | undefined;
function assetRootOf(
  { userMetadata }: HeadResult,
  bucket: string,
  key: string,
  { log }: ManifestCallOptions,
  required: boolean,
): string | undefined {
  try {
    const { assetRoot, warning } = decodeAssetRoot(userMetadata, key);
    if (warning !== undefined) log?.('warning', warning, { bucket, key });
    return assetRoot;
  } catch (error) {
    if (!(error instanceof StorageError) || error.kind !== 'MissingAssetRoot') throw error;
    if (!required) return undefined;
    throw new StorageError('MissingAssetRoot', `bucket ${quoted(bucket)}: ${error.message}`, {
      operation: 'getObject',
      bucket,
      key,
      hint: 'only manifests that were stored with their asset root can be found by it, and a bucket that was copied file by file has lost it: store this one again, or move it away',
    });
  }
}

function aboutManifest(
  kind: StorageErrorKind,
  bucket: string,
  key: string,
  text: string,
  more: StorageErrorSubject = {},
): StorageError {
  const subject = { operation: 'getObject', bucket, key, ...more };
  return new StorageError(kind, `bucket ${quoted(bucket)}: manifest ${quoted(key)}: ${text}`, subject);
}
