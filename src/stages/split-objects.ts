/**
 * Stage: a file becomes the objects that hold its content, one per digest (the chunk step).
 * Sits between hash-files and existence-check. Reads nothing: an object names its range.
 */
import type { CasObject, CasSource } from '../model/cas-object.js';
import { StorageError } from '../model/errors.js';
import type { HashedEntry } from '../model/file-item.js';
import { DEFAULT_FILE_CHUNK_SIZE } from '../model/manifest.js';
import type { UploadUnit } from '../model/upload-unit.js';
import { expandLeased } from '../pipeline/expand-leased.js';
import type { Stage } from '../pipeline/types.js';

export interface SplitObjectsOptions {
  /** Bytes per chunk of files that have more than one digest. */
  readonly chunkSizeBytes?: number;
}
export const SPLIT_OBJECTS_DEFAULTS: Required<SplitObjectsOptions> = {
  chunkSizeBytes: DEFAULT_FILE_CHUNK_SIZE,
};

/**
 * Splits files into objects.
 *
 * - Shape: one in, one unit per digest out; directories and links give one unit without object.
 * - Errors: `ManifestInvalid` for a file without digests, or with a wrong number of them.
 * - Budget: every unit of a file but the first waits for a credit of the objects budget.
 * - Source: spec/storage.md 3.1.
 */
export function splitObjects(options: SplitObjectsOptions = {}): Stage<HashedEntry, UploadUnit> {
  const { chunkSizeBytes } = { ...SPLIT_OBJECTS_DEFAULTS, ...options };
  return (ctx) => expandLeased(ctx, (file) => unitsOf(file, chunkSizeBytes));
}

function unitsOf(file: HashedEntry, chunkSizeBytes: number): Iterable<UploadUnit> {
  if (file.kind !== 'file') return [{ file, objects: 0 }];
  const { hashes } = file;
  const [first] = hashes ?? [];
  if (!hashes || first === undefined) throw invalid(file, 'has no hash yet');
  if (hashes.length === 1) return [{ file, objects: 1, object: wholeObject(file, first) }];
  if (hashes.length !== Math.ceil(file.size / chunkSizeBytes)) {
    throw invalid(
      file,
      `has ${hashes.length} chunk hashes for ${file.size} bytes in chunks of ${chunkSizeBytes}`,
    );
  }
  return chunks(file, hashes, chunkSizeBytes);
}

function wholeObject(file: HashedEntry, hash: string): CasObject {
  const { sourcePath: path, size, body } = file;
  const source: CasSource = body
    ? { kind: 'bytes', bytes: body }
    : { kind: 'file', path, offset: 0, length: size, whole: true };
  return { hash, size, source };
}

function* chunks(
  file: HashedEntry,
  hashes: readonly string[],
  chunkSizeBytes: number,
): Generator<UploadUnit> {
  const { sourcePath: path, size } = file;
  for (const [index, hash] of hashes.entries()) {
    const offset = index * chunkSizeBytes;
    const length = Math.min(chunkSizeBytes, size - offset);
    yield {
      file,
      objects: hashes.length,
      object: { hash, size: length, source: { kind: 'file', path, offset, length, whole: false } },
    };
  }
}

function invalid(file: HashedEntry, problem: string): StorageError {
  return new StorageError('ManifestInvalid', `${JSON.stringify(file.path)} ${problem}`, { path: file.path });
}
