/** One content into the store: a file, a part of one, or bytes, by the rules of every upload (spec/storage.md section 3). */
import { promises as fs } from 'node:fs';
import { resolve } from 'node:path';
import { xxh128 } from '../hashing/xxh128.js';
import type { CasObject, CasSource } from '../model/cas-object.js';
import { StorageError } from '../model/errors.js';
import type { HashedEntry } from '../model/file-item.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { UploadUnit } from '../model/upload-unit.js';
import { CancelledError } from '../pipeline/errors.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { statsSink } from '../sinks/stats-sink.js';
import { withHashPool } from './hash-pool.js';
import { type PresetOptions, runPreset } from './preset-options.js';
import type { Store } from './store.js';
import { checkAndTransfer, healingStaleCache } from './upload-stages.js';

/** Where the bytes are: a whole file, a range of one, or memory. */
export type UploadSource =
  | { readonly path: string }
  | { readonly path: string; readonly offset: number; readonly length: number }
  | { readonly bytes: Uint8Array };

export interface UploadFileRequest extends PresetOptions {
  readonly store: Store;
  readonly source: UploadSource;
  /** XXH128 of the bytes, as it was found before; bytes that differ are never stored. Default: they are hashed now. */
  readonly hash?: string;
}

export interface UploadedFile {
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  /** Full key. */
  readonly key: string;
  /** `skipped`: the store held it already. */
  readonly outcome: 'sent' | 'skipped';
}

/**
 * Stores one content unless the store holds it: existence check, check cache, conditional
 * put, and the proof that the bytes sent are those of the hash. Links are followed.
 *
 * Rejects with `FileVanished`, `NotAFile`, `FileUnreadable`, `FileChanged` (also for a range
 * that the file does not have), `ChecksumMismatch` for bytes that do not have the given
 * hash, `CancelledError` with statistics, and the errors of the store.
 */
export async function uploadFile(request: UploadFileRequest): Promise<UploadedFile> {
  const { store, source, signal } = request;
  if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
  const found = await openSource(source);
  const hash = request.hash ?? (await hashOf(found, signal));
  const object: CasObject = { hash, size: found.entry.size, source: found.content };
  const unit: UploadUnit = { file: { ...found.entry, hashes: [hash] }, objects: 1, object };
  const tally = await healingStaleCache(store, request, (options) => {
    const units = Pipeline.from(async function* one() {
      yield unit;
    });
    return runPreset(checkAndTransfer(units, store, options).into(statsSink()), options, {
      status: 'UPLOAD_IN_PROGRESS',
      operation: 'upload',
      totals: { files: 1, bytes: object.size },
    });
  });
  await request.checkCache?.flush();
  const outcome = tally.processedFiles > 0 ? 'sent' : 'skipped';
  return { hash, size: object.size, key: store.cas.key(hash), outcome };
}

interface FoundSource {
  readonly entry: HashedEntry;
  readonly content: CasSource;
}

async function openSource(source: UploadSource): Promise<FoundSource> {
  if ('bytes' in source) {
    const { bytes } = source;
    const now = BigInt(Date.now()) * 1_000_000n;
    const times = { mtimeNs: now, ctimeNs: now, mode: 0 };
    const entry = { path: 'bytes', kind: 'file', sourcePath: '', size: bytes.length, ...times } as const;
    return { entry, content: { kind: 'bytes', bytes } };
  }
  const shown = resolve(source.path);
  try {
    const path = await fs.realpath(shown);
    const stat = await fs.stat(path, { bigint: true });
    if (!stat.isFile()) {
      throw new StorageError('NotAFile', `${JSON.stringify(shown)} is not a regular file`, { path: shown });
    }
    const fileSize = Number(stat.size);
    const whole = !('offset' in source);
    const { offset, length } = whole ? { offset: 0, length: fileSize } : source;
    if (!whole) checkRange(shown, fileSize, offset, length);
    const { mtimeNs, ctimeNs } = stat;
    return {
      entry: {
        ...{ path: shown, kind: 'file', sourcePath: path, size: length },
        ...{ mtimeNs, ctimeNs, mode: Number(stat.mode) },
      },
      content: { kind: 'file', path, offset, length, whole },
    };
  } catch (error) {
    throw sourceError(error, shown);
  }
}

function checkRange(path: string, fileSize: number, offset: number, length: number): void {
  const isRange = [offset, length].every((value) => Number.isSafeInteger(value) && value >= 0);
  const shown = `${JSON.stringify(path)}: ${length} bytes from ${offset}`;
  if (!isRange) throw new StorageError('InvalidConfig', `${shown} are no range of a file`, { path });
  if (offset + length <= fileSize) return;
  throw new StorageError('FileChanged', `${shown} were asked for, but it has ${fileSize} bytes`, { path });
}

function sourceError(error: unknown, path: string): StorageError {
  const errno = errnoOf(error);
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR')
    return localIoError(error, { operation: 'uploadFile', path, side: 'source' });
  return new StorageError('FileVanished', `${JSON.stringify(path)} does not exist`, { path, cause: error });
}

async function hashOf({ content }: FoundSource, signal: AbortSignal | undefined): Promise<string> {
  if (content.kind === 'bytes') return xxh128(content.bytes);
  const { path, offset, length } = content;
  return await withHashPool((pool) => pool.hashRange(path, offset, length, signal && { signal }));
}
