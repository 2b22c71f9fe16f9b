/** Manifests as files: local ones, and those that a store keeps. */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import { readWholeFile } from '../backends/whole-file.js';
import { xxh128 } from '../hashing/xxh128.js';
import { type DecodeOptions, decodeManifest } from '../model/decode.js';
import { encodeManifest } from '../model/encode.js';
import { ManifestError, StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { Manifest } from '../model/manifest.js';
import { manifestKey } from '../model/s3-location.js';
import { CancelledError } from '../pipeline/errors.js';
import type { PresetOptions } from './preset-options.js';
import type { Store } from './store.js';
import { putManifest } from './upload-manifests.js';

export interface ReadManifestOptions extends DecodeOptions {
  /** Ends the reading, also of a pipe that nobody writes to, with `CancelledError`. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a manifest from a file or a pipe. `hash` is the XXH128 of its bytes as they are. Rejects with
 * `PathNotFound`, `FileUnreadable`, or `ManifestInvalid` naming the file, with the `ManifestError` as cause.
 */
export async function readManifest(
  path: string,
  options: ReadManifestOptions = {},
): Promise<{ readonly manifest: Manifest; readonly hash: string; readonly bytes: Uint8Array }> {
  const bytes = await readWholeFile(path, options.signal).catch((error: unknown) => {
    if (error instanceof CancelledError) throw error;
    if (errnoOf(error) === 'ENOENT') {
      throw new StorageError('PathNotFound', `manifest ${JSON.stringify(path)} does not exist`, {
        path,
        cause: error,
      });
    }
    throw localIoError(error, { operation: 'readManifest', path, side: 'source' });
  });
  try {
    return { manifest: decodeManifest(bytes, options), hash: xxh128(bytes), bytes };
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new StorageError(
      'ManifestInvalid',
      `manifest ${JSON.stringify(path)} cannot be used: ${cause.message}`,
      { path, cause },
    );
  }
}

/**
 * Writes a manifest in canonical form, under a temporary name that becomes `path` when it is whole. What stands there and is
 * no regular file, a link, a pipe or `/dev/stdout`, is written through: a rename would put a file in its place.
 */
export async function writeManifest(
  path: string,
  manifest: Manifest,
): Promise<{ readonly hash: string; readonly bytes: number }> {
  const bytes = encodeManifest(manifest);
  try {
    const standing = await fs.lstat(path).catch(() => undefined);
    await (standing === undefined || standing.isFile() ? replace(path, bytes) : fs.writeFile(path, bytes));
  } catch (error) {
    throw localIoError(error, { operation: 'writeManifest', path, side: 'target' });
  }
  return { hash: xxh128(bytes), bytes: bytes.length };
}

async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.ja-${randomBytes(8).toString('hex')}.part`);
  try {
    await fs.writeFile(temporary, bytes, { flag: 'wx' });
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

export interface UploadManifestOptions extends PresetOptions {
  readonly store: Store;
  readonly manifest: Manifest;
  /** Key below the manifests' folder of the store. */
  readonly partialKey: string;
  /** Root that the manifest describes; kept as metadata. */
  readonly assetRoot: string;
  readonly fileSystemLocationName?: string;
}

/** Stores a manifest whose objects are there already; data first, manifest last. */
export async function uploadManifestFile(
  request: UploadManifestOptions,
): Promise<{ readonly key: string; readonly hash: string }> {
  const { store, manifest, partialKey } = request;
  const key = manifestKey(store.location, partialKey);
  return { key, hash: await putManifest(request, key, encodeManifest(manifest)) };
}
