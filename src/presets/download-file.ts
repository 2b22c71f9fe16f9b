/** One content out of the store: to a file, into a file, or to memory, by the rules of every download (spec/storage.md section 4). */
import { basename, dirname, resolve } from 'node:path';
import { writeAll, writeIntoFile } from '../backends/target-file.js';
import { xxh128 } from '../hashing/xxh128.js';
import type { DownloadContent, DownloadItem } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import type { FileEntry, ManifestV2025 } from '../model/manifest.js';
import { drain } from '../pipeline/drain.js';
import { Pipeline } from '../pipeline/pipeline.js';
import { fetchObjects, hashMismatch, type ObjectReader, placeOf } from '../stages/fetch.js';
import { splitRanges } from '../stages/split-ranges.js';
import { DOWNLOAD_DEFAULTS, type DownloadContentsOptions, downloadManifestContents } from './contents.js';
import { withHashPool } from './hash-pool.js';
import { runPreset } from './preset-options.js';
import { readerOf } from './store-calls.js';

/** A new file, which gets its name when it is whole and verified. */
export interface NewFileTarget {
  readonly path: string;
  /** Microseconds since the epoch. */
  readonly mtime?: number;
  /** Give it the execute bits that go with its read bits. */
  readonly runnable?: boolean;
}

/** A place in a file that exists; the rest of it stays. After a failure the place may hold a part of the content. */
export interface OffsetTarget {
  readonly path: string;
  /** Where in the file the content begins. */
  readonly offset: number;
}

export interface DownloadFileRequest
  extends Omit<DownloadContentsOptions, 'manifest' | 'root' | 'applyDeletes'> {
  /** XXH128 of the content. */
  readonly hash: string;
  /** Bytes; an object of another size is `SizeMismatch`. */
  readonly size: number;
  readonly target: NewFileTarget | OffsetTarget | 'memory';
}

export interface DownloadedFile {
  /** `skipped`: a file was there and stayed. */
  readonly outcome: 'written' | 'skipped';
  /** Where the content is; not the path that was asked for where a copy was made. */
  readonly path?: string;
  /** The content, when it was asked for in memory. */
  readonly bytes?: Uint8Array;
}

/**
 * Fetches one content. It is verified, and fetched once more where it is wrong; an absent
 * object is looked for under the key of very old releases. Conflict mode, disk check,
 * temporary file and rename hold for a new file only.
 *
 * Rejects with `NotFound`, `SizeMismatch`, `HashMismatch`, those of local files (`LocalIo` for
 * an absent file with an offset), `CancelledError` with statistics, and the errors of the store.
 */
export function downloadFile(
  request: DownloadFileRequest & { readonly target: 'memory' },
): Promise<DownloadedFile & { readonly bytes: Uint8Array }>;
export function downloadFile(request: DownloadFileRequest): Promise<DownloadedFile>;
export async function downloadFile(request: DownloadFileRequest): Promise<DownloadedFile> {
  const { target, size } = request;
  checkNumber('size', size);
  if (target === 'memory') return { outcome: 'written', bytes: await toMemory(request) };
  if ('offset' in target) return await intoFile(request, target);
  return await toNewFile(request, target);
}

/** A download of a manifest with one entry. */
async function toNewFile(request: DownloadFileRequest, target: NewFileTarget): Promise<DownloadedFile> {
  const path = resolve(target.path);
  const { hash, size, target: _target, ...options } = request;
  const { mtime, runnable } = target;
  const entry: FileEntry = {
    ...{ path: basename(path), hash, size },
    ...(mtime !== undefined && { mtime }),
    ...(runnable && { runnable }),
  };
  const manifest: ManifestV2025 = {
    ...{ version: 'v2025-12', pathStyle: 'relative', type: 'snapshot', hashAlg: 'xxh128' },
    ...{ totalSize: size, dirs: [], files: [entry], fileChunkSizeBytes: -1 },
  };
  const { downloadedFiles } = await downloadManifestContents({ ...options, manifest, root: dirname(path) });
  const [written] = downloadedFiles;
  return written === undefined ? { outcome: 'skipped' } : { outcome: 'written', path: written };
}

async function intoFile(request: DownloadFileRequest, target: OffsetTarget): Promise<DownloadedFile> {
  const { offset } = target;
  const path = resolve(target.path);
  checkNumber('offset', offset);
  const subject = { operation: 'downloadFile', path };
  await writeIntoFile(subject, async (handle) => {
    await fetchVerified(request, path, {
      write: (bytes, at) => writeAll(subject, handle, bytes, offset + at),
      digest: (signal) =>
        withHashPool((pool) => pool.hashRange(path, offset, request.size, signal && { signal })),
    });
  });
  return { outcome: 'written', path };
}

async function toMemory(request: DownloadFileRequest): Promise<Uint8Array> {
  let whole: Uint8Array | undefined;
  await fetchVerified(request, request.hash, {
    write: (bytes, at) => {
      if (bytes.length === request.size) whole = bytes;
      else {
        whole ??= new Uint8Array(request.size);
        whole.set(bytes, at);
      }
    },
    digest: async () => xxh128(whole ?? new Uint8Array(0)),
  });
  return whole ?? new Uint8Array(0);
}

/** Where fetched bytes go, and what is there when all have arrived. */
interface Destination {
  write(bytes: Uint8Array, at: number): Promise<void> | void;
  digest(signal: AbortSignal | undefined): Promise<string>;
}

/** A content that came in one piece was verified when it arrived; one that came in several is verified here. */
async function fetchVerified(request: DownloadFileRequest, shown: string, to: Destination): Promise<void> {
  const { hash, size, signal } = request;
  const content: DownloadContent = {
    ...{ kind: 'content', hashes: [hash], chunkSizeBytes: size, size, targets: [{ path: shown }] },
  };
  const verify = request.verify ?? DOWNLOAD_DEFAULTS.verify;
  const inParts = await fetchOnce(request, content, to);
  if (!inParts || verify !== 'hash' || (await to.digest(signal)) === hash) return;
  await fetchOnce(request, content, to, true);
  if ((await to.digest(signal)) !== hash)
    throw hashMismatch({ hash, content }, placeOf(readerOf(request.store, request), hash));
}

/** Whether it took several requests. */
function fetchOnce(
  request: DownloadFileRequest,
  content: DownloadContent,
  to: Destination,
  again = false,
): Promise<boolean> {
  const { store, concurrency, verify = DOWNLOAD_DEFAULTS.verify } = request;
  const reader = readerOf(store, request);
  const settings = { verify, hash: xxh128, ...(concurrency !== undefined && { concurrency }) };
  let units = 0;
  const fetched = Pipeline.from<DownloadItem>(async function* one() {
    yield content;
  })
    .through(splitRanges())
    .through(fetchObjects(again ? freshly(reader) : reader, settings))
    .into((ctx) =>
      drain(ctx, {
        accept: async (unit) => {
          if (unit.kind !== 'range') return;
          await to.write(unit.bytes, unit.fileOffset);
          units += 1;
          ctx.progress.add('bytes', unit.length);
          if (units === unit.units) ctx.progress.add('files', 1);
        },
        finish: () => units > 1,
      }),
    );
  const totals = { files: 1, bytes: content.size };
  return runPreset(fetched, request, { status: 'DOWNLOAD_IN_PROGRESS', operation: 'download', totals });
}

/** Over a connection that no request has used yet. */
function freshly(reader: ObjectReader): ObjectReader {
  const { get, getRange } = reader;
  return {
    ...reader,
    get: (hash, call) => get(hash, { ...call, freshConnection: true }),
    getRange: (hash, start, length, call) =>
      getRange(hash, start, length, { ...call, freshConnection: true }),
  };
}

function checkNumber(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new StorageError('InvalidConfig', `${option} must be a number of bytes, not ${String(value)}`);
}
