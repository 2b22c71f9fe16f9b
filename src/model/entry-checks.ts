/**
 * What an entry of the 2025 formats may be (spec/manifests.md 3.1, 3.2, 4.2, 4.4): the same
 * checks for the encoder and the decoder. Paths are judged by entry-paths.ts before.
 */
import { ManifestError } from './errors.js';
import { type ManifestType, type PathStyle, WHOLE_FILE } from './manifest.js';
import { checkArray, checkHash, checkInteger, checkSize, memberError, type Place } from './member-checks.js';
import { shown } from './quoted.js';

/** What a document demands of its entries. */
export interface EntryRules {
  readonly pathStyle: PathStyle;
  readonly type: ManifestType;
  readonly fileChunkSizeBytes: number;
  /** Whether a live file may come without any hash: 2025-12 only. */
  readonly unhashedAllowed: boolean;
}

/** Members of a file entry before they were checked; absent ones are `undefined`. */
export interface LooseFile {
  readonly deleted?: unknown;
  readonly hash?: unknown;
  readonly chunkhashes?: unknown;
  readonly symlinkTarget?: unknown;
  readonly size?: unknown;
  readonly mtime?: unknown;
  readonly runnable?: unknown;
}

export type FileKind = 'deletion' | 'symlink' | 'chunks' | 'hash' | 'unhashed';

/** Checks every member but the path and the link's target, and says what the entry is. */
export function checkFile(file: LooseFile, rules: EntryRules, place: Place): FileKind {
  const deleted = checkDeleted(file.deleted, rules, place);
  if (file.runnable !== undefined && file.runnable !== true) {
    throw memberError('SCHEMA', 'runnable', place, `must be true or absent, not ${shown(file.runnable)}`);
  }
  if (deleted) return checkDeletion(file, place);
  const kind = contentKind(file, rules, place);
  if (kind !== 'symlink') checkContent(file, kind, rules, place);
  return kind;
}

/** Whether the entry is a deletion. Throws where the document cannot have one. */
export function checkDeleted(deleted: unknown, rules: EntryRules, place: Place): boolean {
  if (deleted === undefined || deleted === false) return false;
  if (deleted !== true) {
    throw memberError('SCHEMA', 'delete', place, `must be true or false, not ${shown(deleted)}`);
  }
  if (rules.type === 'diff') return true;
  throw memberError('DELETION_IN_SNAPSHOT', 'delete', place, 'only a diff can delete');
}

function checkDeletion(file: LooseFile, place: Place): 'deletion' {
  const extra = (['hash', 'chunkhashes', 'symlinkTarget', 'size', 'mtime', 'runnable'] as const).find(
    (member) => file[member] !== undefined,
  );
  if (extra === undefined) return 'deletion';
  throw memberError('INVALID_ENTRY', extra, place, 'a deletion has nothing but its name');
}

function contentKind(file: LooseFile, rules: EntryRules, place: Place): FileKind {
  const isHashed = file.hash !== undefined;
  const isChunked = file.chunkhashes !== undefined;
  const isLink = file.symlinkTarget !== undefined;
  const contents = Number(isHashed) + Number(isChunked) + Number(isLink);
  if (contents > 1 || (contents === 0 && !rules.unhashedAllowed)) {
    const problem = `has ${contents} of hash, chunkhashes and symlink; exactly one is needed`;
    throw memberError('INVALID_ENTRY', 'hash', place, problem);
  }
  if (isLink) return 'symlink';
  return isChunked ? 'chunks' : isHashed ? 'hash' : 'unhashed';
}

function checkContent(file: LooseFile, kind: FileKind, rules: EntryRules, place: Place): void {
  if (file.size === undefined) throw memberError('INVALID_ENTRY', 'size', place, 'is missing');
  if (file.mtime === undefined) throw memberError('INVALID_ENTRY', 'mtime', place, 'is missing');
  const size = checkSize(file.size, 'size', place);
  checkInteger(file.mtime, 'mtime', place);
  if (kind === 'hash') checkHash(file.hash, 'hash', place);
  if (kind === 'chunks') checkChunks(file.chunkhashes, size, rules.fileChunkSizeBytes, place);
}

function checkChunks(value: unknown, size: number, chunkSize: number, place: Place): void {
  const hashes = checkArray(value, 'chunkhashes', place);
  for (const hash of hashes) checkHash(hash, 'chunkhashes', place);
  const wanted = chunkSize === WHOLE_FILE ? 1 : Math.ceil(size / chunkSize);
  if (wanted > 1 && wanted === hashes.length) return;
  const needs =
    wanted > 1 ? `needs ${wanted} chunk hashes, not ${hashes.length}` : 'has one hash, not chunks';
  const problem = `a file of ${size} bytes with chunks of ${chunkSize} bytes ${needs}`;
  throw memberError('CHUNK_MISMATCH', 'chunkhashes', place, problem);
}

/** `value` as a document's chunk size: `-1` or a positive number of bytes. Throws `SCHEMA`, `UNSAFE_INTEGER`. */
export function checkChunkSize(value: unknown): number {
  const bytes = checkInteger(value, 'fileChunkSizeBytes', {});
  if (bytes > 0 || bytes === WHOLE_FILE) return bytes;
  throw new ManifestError(
    'SCHEMA',
    `fileChunkSizeBytes: must be a number of bytes above 0, or ${WHOLE_FILE} for whole files, not ${bytes}`,
  );
}
