/**
 * Members of 2025 entries by any of their spellings (spec/manifests.md 4.6): ours is
 * `name`, `delete`, `symlink.name`; others write `path`, `deleted`, `symlink.target` or
 * `symlink_target`. Read only.
 */
import { isJsonObject, type JsonObject, memberError, type Place } from './member-checks.js';
import { shown } from './quoted.js';

/** The entry's name, and whether the spelling is the one that writes long names literally. */
export function spelledName(entry: JsonObject, place: Place): { name: unknown; isForeign: boolean } {
  const isForeign = entry['path'] !== undefined;
  return { name: either(entry, 'name', 'path', place), isForeign };
}

export function spelledDelete(entry: JsonObject, place: Place): unknown {
  return either(entry, 'delete', 'deleted', place);
}

/** The link's target as written; `undefined` where the entry is no link. */
export function spelledTarget(entry: JsonObject, place: Place): unknown {
  const link = either(entry, 'symlink', 'symlink_target', place);
  if (link === undefined || entry['symlink'] === undefined) return link;
  if (!isJsonObject(link)) {
    throw memberError('SCHEMA', 'symlink', place, `must be an object with a name, not ${shown(link)}`);
  }
  const target = either(link, 'name', 'target', place);
  if (target === undefined) throw memberError('SCHEMA', 'symlink', place, 'must have a name');
  return target;
}

function either(entry: JsonObject, ours: string, theirs: string, place: Place): unknown {
  const [own, foreign] = [entry[ours], entry[theirs]];
  if (own === undefined) return foreign;
  if (foreign === undefined) return own;
  throw memberError('SCHEMA', ours, place, `is given twice, as ${ours} and as ${theirs}`);
}
