/** The text of v2023-03-03 manifests (spec/manifests.md section 2), part by part. */
import { jsonString } from './canonical-json.js';
import { ManifestError } from './errors.js';
import { isHashText } from './hash-text.js';
import type { ManifestV2023, PathV2023 } from './manifest.js';
import { checkHash, checkHashAlg, checkInteger, checkSize, checkString, TOP } from './member-checks.js';
import { compareUtf16 } from './order.js';
import { piecesOfStream } from './pieces.js';

/** What stands before the first entry of a manifest. */
export const V2023_HEAD = '{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[';

/** Entries whose texts are joined at once: one flat text of them is cheaper to encode than a concatenation of small ones. */
const BLOCK_ENTRIES = 1000;

/** Checks `manifest` whole, then returns its canonical text in parts. */
export function v2023Parts(manifest: ManifestV2023): Iterable<string> {
  checkHashAlg(manifest.hashAlg);
  checkSize(manifest.totalSize, 'totalSize', TOP);
  manifest.paths.forEach(checkPathV2023);
  return partsOf(sortedByPath(manifest.paths), manifest.totalSize);
}

/**
 * Canonical bytes of a manifest whose entries arrive one by one, sorted by path in UTF-16
 * order, as from merged runs on disk. Equal to `encodeManifest` of the same entries; memory
 * does not depend on their number. Throws as soon as an entry is wrong or out of order.
 */
export function encodeV2023Stream(
  entries: AsyncIterable<PathV2023> | Iterable<PathV2023>,
  totalSize: number,
): AsyncIterable<Uint8Array> {
  checkSize(totalSize, 'totalSize', TOP);
  return piecesOfStream(streamedParts(entries, totalSize));
}

async function* streamedParts(
  entries: AsyncIterable<PathV2023> | Iterable<PathV2023>,
  totalSize: number,
): AsyncGenerator<string> {
  yield V2023_HEAD;
  let index = 0;
  let previous = '';
  for await (const entry of entries) {
    checkPathV2023(entry, index);
    if (entry.path < previous) throw outOfOrder(entry.path, index);
    yield index === 0 ? entryText(entry) : `,${entryText(entry)}`;
    previous = entry.path;
    index++;
  }
  yield tail(totalSize);
}

function outOfOrder(path: string, index: number): ManifestError {
  return new ManifestError('INVALID_ENTRY', `paths[${index}] is not sorted by path in UTF-16 order`, {
    path,
    index,
  });
}

/** What stands behind the last entry of a manifest whose files have `totalSize` bytes. */
export function v2023Tail(totalSize: number): string {
  checkSize(totalSize, 'totalSize', TOP);
  return tail(totalSize);
}

/** The text of one entry, ASCII without a line break. Throws as `encodeManifest` does for the entry at `index`. */
export function v2023EntryText(entry: PathV2023, index: number): string {
  checkPathV2023(entry, index);
  return entryText(entry);
}

/** The path in the text of an entry, before which nothing but a digest and a number can stand. */
const PATH_MEMBER = ',"path":"';

/** The text of an entry with its path relative to `below`, a directory above it. */
export function v2023TextBelow(text: string, below: string): string {
  const at = text.indexOf(PATH_MEMBER) + PATH_MEMBER.length;
  const directory = jsonString(`${below}/`).length - 2; // each unit is escaped for itself, so a prefix stays one
  return text.slice(0, at) + text.slice(at + directory);
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

function* partsOf(paths: readonly PathV2023[], totalSize: number): Generator<string> {
  yield V2023_HEAD;
  for (let at = 0; at < paths.length; at += BLOCK_ENTRIES) {
    const block = paths
      .slice(at, at + BLOCK_ENTRIES)
      .map(entryText)
      .join(',');
    yield at === 0 ? block : `,${block}`;
  }
  yield tail(totalSize);
}

function entryText({ hash, mtime, path, size }: PathV2023): string {
  return `{"hash":"${hash}","mtime":${mtime},"path":${jsonString(path)},"size":${size}}`;
}

function tail(totalSize: number): string {
  return `],"totalSize":${totalSize}}`;
}
