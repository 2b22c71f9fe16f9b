/** Reads the members of a parsed v2023-03-03 document (spec/manifests.md 2.3). */
import type { ManifestV2023, PathV2023 } from './manifest.js';
import {
  checkArray,
  checkHash,
  checkHashAlg,
  checkInteger,
  checkSize,
  checkString,
  isJsonObject,
  type JsonObject,
  memberError,
  TOP,
} from './member-checks.js';
import { shown } from './quoted.js';

/** Document order and duplicates are kept, unknown members are dropped. The parsed document is used up. */
export function decodeV2023(document: JsonObject, allowEmptyPaths: boolean): ManifestV2023 {
  const hashAlg = checkHashAlg(document['hashAlg']);
  const totalSize = checkSize(document['totalSize'], 'totalSize', TOP);
  const entries = checkArray(document['paths'], 'paths', TOP);
  if (entries.length === 0 && !allowEmptyPaths) {
    throw memberError('SCHEMA', 'paths', TOP, 'must have an entry; an empty manifest needs allowEmptyPaths');
  }
  return { version: 'v2023-03-03', hashAlg, totalSize, paths: decodedInPlace(entries) };
}

/** Each parsed entry is replaced where it stands: with a million of them a second list would be felt. */
function decodedInPlace(entries: unknown[]): PathV2023[] {
  for (let index = 0; index < entries.length; index++) entries[index] = decodeEntry(entries[index], index);
  return entries as PathV2023[];
}

function decodeEntry(raw: unknown, index: number): PathV2023 {
  if (!isJsonObject(raw))
    throw memberError('SCHEMA', `paths[${index}]`, TOP, `must be an object, not ${shown(raw)}`);
  const path = checkString(raw['path'], 'path', { list: 'paths', index });
  const place = { list: 'paths', index, path };
  return {
    path,
    hash: checkHash(raw['hash'], 'hash', place),
    size: checkSize(raw['size'], 'size', place),
    mtime: checkInteger(raw['mtime'], 'mtime', place),
  };
}
