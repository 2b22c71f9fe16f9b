/** v2023-03-03 manifests, checked and sorted on the way to their bytes (spec/manifests.md section 2). */
import { ManifestError } from './errors.js';
import { isHashText } from './hash-text.js';
import type { ManifestV2023, PathV2023 } from './manifest.js';
import { checkHash, checkHashAlg, checkInteger, checkSize, checkString, TOP } from './member-checks.js';
import { compareUtf16 } from './order.js';
import { V2023Writer } from './v2023-bytes.js';

/** Checks `manifest` whole, then returns its canonical bytes in pieces. */
export function v2023Pieces(manifest: ManifestV2023): Iterable<Uint8Array> {
  checkHashAlg(manifest.hashAlg);
  checkSize(manifest.totalSize, 'totalSize', TOP);
  manifest.paths.forEach(checkPathV2023);
  return checkedV2023Pieces(manifest.paths, manifest.totalSize);
}

/**
 * As {@link v2023Pieces}, of entries that {@link checkPathV2023} has passed. A piece that is put into `spare` is written
 * to again: without it, all of a large manifest is in memory before the collector looks.
 */
export function* checkedV2023Pieces(
  entries: readonly PathV2023[],
  totalSize: number,
  spare?: Uint8Array[],
): Generator<Uint8Array> {
  const paths = sortedByPath(entries);
  const writer = new V2023Writer(spare);
  for (const entry of paths) {
    writer.add(entry);
    if (writer.isFull) yield* writer.take();
  }
  yield* writer.end(totalSize);
}

/**
 * Canonical bytes of a manifest whose entries arrive one by one, sorted by path in UTF-16
 * order, as from merged runs on disk. Equal to `encodeManifest` of the same entries; memory
 * does not depend on their number. Throws as soon as an entry is wrong or out of order.
 * A piece that is put into `spare` is written to again.
 */
export function encodeV2023Stream(
  entries: AsyncIterable<PathV2023> | Iterable<PathV2023>,
  totalSize: number,
  spare?: Uint8Array[],
): AsyncIterable<Uint8Array> {
  checkSize(totalSize, 'totalSize', TOP);
  return streamedPieces(entries, totalSize, spare);
}

async function* streamedPieces(
  entries: AsyncIterable<PathV2023> | Iterable<PathV2023>,
  totalSize: number,
  spare: Uint8Array[] | undefined,
): AsyncGenerator<Uint8Array> {
  const writer = new V2023Writer(spare);
  let index = 0;
  let previous = '';
  for await (const entry of entries) {
    checkPathV2023(entry, index);
    if (entry.path < previous) throw outOfOrder(entry.path, index);
    writer.add(entry);
    if (writer.isFull) yield* writer.take();
    previous = entry.path;
    index++;
  }
  yield* writer.end(totalSize);
}

function outOfOrder(path: string, index: number): ManifestError {
  return new ManifestError('INVALID_ENTRY', `paths[${index}] is not sorted by path in UTF-16 order`, {
    path,
    index,
  });
}

/** Checks one entry as the decoder does (spec/manifests.md section 8). */
export function checkPathV2023(entry: PathV2023, index: number): void {
  if (isUsual(entry)) return;
  if (typeof entry.path !== 'string') checkString(entry.path, 'path', { list: 'paths', index });
  const place = { list: 'paths', index, path: entry.path };
  checkHash(entry.hash, 'hash', place);
  checkSize(entry.size, 'size', place);
  if (!isEarlyTime(entry.mtime)) checkInteger(entry.mtime, 'mtime', place);
}

/** Whether nothing is wrong with an entry, found out without making what an error would need. */
function isUsual({ path, hash, size, mtime }: PathV2023): boolean {
  return (
    typeof path === 'string' &&
    typeof hash === 'string' &&
    isHashText(hash) &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    Number.isSafeInteger(mtime)
  );
}

/** Python's `datetime.min`, 0001-01-01, in microseconds. */
const EARLIEST_MTIME = -62_135_596_800_000_000;

/**
 * Times before 1684 are beyond safe integers. The reference writes them and the golden data
 * have one, so they are written too, down to the year 1; reading them stays `UNSAFE_INTEGER`.
 */
function isEarlyTime(mtime: number): boolean {
  return mtime < Number.MIN_SAFE_INTEGER && mtime >= EARLIEST_MTIME && Number.isInteger(mtime);
}

/** The entries sorted, the caller's list untouched; stable, so that duplicates keep their order. */
function sortedByPath(paths: readonly PathV2023[]): readonly PathV2023[] {
  return isSorted(paths) ? paths : [...paths].sort((a, b) => compareUtf16(a.path, b.path));
}

function isSorted(paths: readonly PathV2023[]): boolean {
  let previous = '';
  for (const { path } of paths) {
    if (path < previous) return false;
    previous = path;
  }
  return true;
}
