/** Reads the entries of 2025 documents: spellings, references, checks, in that order. */
import { checkDeleted, checkFile, type EntryRules } from './entry-checks.js';
import { checkEntryPath, checkTarget } from './entry-paths.js';
import { spelledDelete, spelledName, spelledTarget } from './entry-spellings.js';
import { buildDir, buildFile } from './file-entry.js';
import type { DirEntry, FileEntry } from './manifest.js';
import { isJsonObject, type JsonObject, memberError, type Place, TOP } from './member-checks.js';
import { shown } from './quoted.js';
import { expandName, type LiteralNames } from './references.js';

/** What the entries of one document have in common. */
export interface EntryContext {
  readonly rules: EntryRules;
  readonly literals: LiteralNames;
}

/** The directories in document order: their positions are what references count by. */
export function decodeDirs(raw: readonly unknown[], context: EntryContext): DirEntry[] {
  // Grows while it is read: a directory may refer only to those before it.
  const before: string[] = [];
  return raw.map((value, index) => {
    const entry = checkEntry(value, 'dirs', index);
    const place = { list: 'dirs', index };
    const path = decodePath(entry, before, context, place);
    before.push(path);
    return buildDir(path, checkDeleted(spelledDelete(entry, place), context.rules, { ...place, path }));
  });
}

/** Each parsed entry is replaced where it stands: with a million of them a second list would be felt. */
export function decodeFiles(raw: unknown[], dirs: readonly string[], context: EntryContext): FileEntry[] {
  for (let index = 0; index < raw.length; index++) {
    raw[index] = decodeFile(checkEntry(raw[index], 'files', index), index, dirs, context);
  }
  return raw as FileEntry[];
}

function decodeFile(
  entry: JsonObject,
  index: number,
  dirs: readonly string[],
  context: EntryContext,
): FileEntry {
  const path = decodePath(entry, dirs, context, { list: 'files', index });
  const place = { list: 'files', index, path };
  const written = spelledTarget(entry, place);
  const { hash, chunkhashes, size, mtime, runnable } = entry;
  const file = {
    deleted: spelledDelete(entry, place),
    symlinkTarget: written,
    hash,
    chunkhashes,
    size,
    mtime,
    runnable,
  };
  const kind = checkFile(file, context.rules, place);
  const target = kind === 'symlink' ? decodeTarget(entry, written, dirs, context, place) : undefined;
  return buildFile(kind, path, target, file);
}

function decodePath(entry: JsonObject, dirs: readonly string[], context: EntryContext, place: Place): string {
  const { name, isForeign } = spelledName(entry, place);
  const expanded = expandName(name, dirs, isForeign ? 'any' : context.literals, 'name', place);
  return checkEntryPath(expanded, context.rules.pathStyle, { ...place, path: expanded });
}

function decodeTarget(
  entry: JsonObject,
  written: unknown,
  dirs: readonly string[],
  context: EntryContext,
  place: Place,
): string {
  const literals = spelledName(entry, place).isForeign ? 'any' : context.literals;
  const expanded = expandName(written, dirs, literals, 'symlink', place);
  return checkTarget(expanded, context.rules.pathStyle, place);
}

function checkEntry(value: unknown, list: string, index: number): JsonObject {
  if (isJsonObject(value)) return value;
  throw memberError('SCHEMA', `${list}[${index}]`, TOP, `must be an object, not ${shown(value)}`);
}
