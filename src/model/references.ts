/**
 * Names and directory references of the 2025 formats (spec/manifests.md 3.3, 3.4, 4.5):
 * `$5/name` stands for directory 5 and `/name`. Both directions, for names only: what a
 * path may be is judged by entry-paths.ts.
 */
import { jsonString } from './canonical-json.js';
import { checkString, memberError, type Place } from './member-checks.js';
import { quoted } from './quoted.js';

/** A name that is a reference. */
export const REFERENCE_PATTERN = /^\$([0-9]+)\/([^/]+)$/;
/** A name that can be nothing but a reference, well formed or not. */
const LOOKS_LIKE_REFERENCE = /^\$[0-9]+\//;

/** Whether a literal `path` would be read as a reference. */
export function looksLikeReference(path: string): boolean {
  return path.startsWith('$') && LOOKS_LIKE_REFERENCE.test(path);
}

/** How names without a reference are read: any of them, or only those that can have no parent (2025-12). */
export type LiteralNames = 'any' | 'without-parent';

/**
 * The path that `name` stands for; not normalised. `dirs` are the directories that it may
 * refer to, expanded. Throws `SCHEMA` or `INVALID_REFERENCE`.
 */
export function expandName(
  name: unknown,
  dirs: readonly string[],
  literals: LiteralNames,
  member: string,
  place: Place,
): string {
  const text = checkString(name, member, place);
  if (looksLikeReference(text)) return expandReference(text, dirs, member, place);
  if (literals === 'any' || isWithoutParent(text)) return text;
  throw memberError('INVALID_REFERENCE', member, place, `${quoted(text)} must refer to its directory`);
}

function expandReference(text: string, dirs: readonly string[], member: string, place: Place): string {
  const slash = text.indexOf('/');
  const dir = dirs[Number(text.slice(1, slash))];
  const rest = text.slice(slash + 1);
  if (dir !== undefined && rest !== '' && !rest.includes('/')) return `${dir}/${rest}`;
  throw memberError(
    'INVALID_REFERENCE',
    member,
    place,
    `${quoted(text)} does not refer to one of the ${dirs.length} directories before it`,
  );
}

/** `/` alone or before one component has no parent that could be listed. */
function isWithoutParent(name: string): boolean {
  return name.lastIndexOf('/') <= 0;
}

/** Positions of directories in the list of a document. */
export type DirIndex = ReadonlyMap<string, number>;

/** JSON literal of the name of `path`: a reference where its directory is listed, else the path itself. */
export function nameLiteral(path: string, index: DirIndex): string {
  const slash = path.lastIndexOf('/');
  const position = slash > 0 ? index.get(path.slice(0, slash)) : undefined;
  return jsonString(position === undefined ? path : `$${position}${path.slice(slash)}`);
}
