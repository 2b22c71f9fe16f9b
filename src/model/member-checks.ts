/**
 * Checks of single members, shared by decoders and encoders (spec/manifests.md section 8).
 * Callers say where the member stands; nothing here knows a format.
 */
import { ManifestError, type ManifestErrorCode } from './errors.js';
import { isHashText } from './hash-text.js';
import { HASH_ALG, type HashAlg } from './manifest.js';
import { quoted, shown } from './quoted.js';

/** Where a member stands: in the document itself, or in an entry of a list. */
export interface Place {
  readonly list?: string;
  readonly index?: number;
  readonly path?: string | undefined;
}

/** The document's own members. */
export const TOP: Place = {};

/** An error about `member` at `place`; the message names the entry's index and path. */
export function memberError(
  code: ManifestErrorCode,
  member: string,
  place: Place,
  problem: string,
): ManifestError {
  const { list, index, path } = place;
  const entry = list === undefined ? '' : `${list}[${index}].`;
  const named = path === undefined ? '' : ` (${quoted(path)})`;
  return new ManifestError(code, `${entry}${member}${named}: ${problem}`, {
    ...(path === undefined ? {} : { path }),
    ...(index === undefined ? {} : { index }),
  });
}

/** Whether an integer member is as it nearly always is; {@link checkInteger} says what is wrong with any other. */
function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** `value` as a safe integer; `-0` becomes `0`. Throws `SCHEMA` or `UNSAFE_INTEGER`. */
export function checkInteger(value: unknown, member: string, place: Place): number {
  if (isSafeInteger(value)) return value + 0;
  if (typeof value !== 'number' || Number.isNaN(value) || isFraction(value)) {
    throw memberError('SCHEMA', member, place, `must be an integer, not ${shown(value)}`);
  }
  throw memberError(
    'UNSAFE_INTEGER',
    member,
    place,
    `${value} is beyond 2^53 - 1 and cannot be kept exactly`,
  );
}

function isFraction(value: number): boolean {
  return Number.isFinite(value) && !Number.isInteger(value);
}

/** `value` as a number of bytes: a safe integer that is not negative. */
export function checkSize(value: unknown, member: string, place: Place): number {
  const size = checkInteger(value, member, place);
  if (size >= 0) return size;
  throw memberError('SCHEMA', member, place, `must not be negative, but is ${size}`);
}

export function checkString(value: unknown, member: string, place: Place): string {
  if (typeof value === 'string') return value;
  throw memberError('SCHEMA', member, place, `must be a string, not ${shown(value)}`);
}

/** `value` as a hash: ASCII letters and digits, since it becomes part of a key. */
export function checkHash(value: unknown, member: string, place: Place): string {
  const hash = checkString(value, member, place);
  if (isHashText(hash)) return hash;
  throw memberError('HASH_NOT_ALPHANUMERIC', member, place, `${quoted(hash)} is not letters and digits only`);
}

export function checkHashAlg(value: unknown): HashAlg {
  const hashAlg = checkString(value, 'hashAlg', TOP);
  if (hashAlg === HASH_ALG) return hashAlg;
  throw memberError(
    'UNSUPPORTED_HASH_ALGORITHM',
    'hashAlg',
    TOP,
    `${quoted(hashAlg)} is not known, only "${HASH_ALG}" is`,
  );
}

/** `value` as the hash of a parent manifest, if there is one. Anything else present is `SCHEMA`. */
export function checkParentHash(value: unknown): string | undefined {
  if (value === undefined || (typeof value === 'string' && isHashText(value))) return value;
  throw memberError(
    'SCHEMA',
    'parentManifestHash',
    TOP,
    `must be a string of letters and digits, not ${shown(value)}`,
  );
}

export function checkArray(value: unknown, member: string, place: Place): unknown[] {
  if (Array.isArray(value)) return value;
  throw memberError('SCHEMA', member, place, `must be an array, not ${shown(value)}`);
}

/** A JSON object; its members are read by name, so that `__proto__` in it means nothing. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
