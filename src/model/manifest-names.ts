/**
 * Names derived from hashes (spec/manifests.md section 11, spec/storage.md 1.3). Hash
 * functions are handed in; texts are hashed as UTF-8 and a lone surrogate is `INVALID_ENCODING`.
 */
import { type LocalTime, localTimeText } from './timestamps.js';
import { utf8 } from './utf8.js';

/** Digest of bytes as lowercase hex digits. */
export type HexHash = (bytes: Uint8Array) => string;

/** XXH128 of the root's text, exactly as given: names input manifests and path mapping rules. */
export function rootHash(root: string, xxh128: HexHash): string {
  return xxh128(utf8(root));
}

/** XXH128 of location name and root, without separator: names output manifests. */
export function nameHash(root: string, locationName: string | undefined, xxh128: HexHash): string {
  return xxh128(utf8((locationName ?? '') + root));
}

/** Name of an input manifest; `root` in the normal form of the submitting host (`normalizeRoot`). */
export function inputManifestName(root: string, xxh128: HexHash): string {
  return `${rootHash(root, xxh128)}_input`;
}

/** Name of an output manifest; `root` exactly as the job stores it. */
export function outputManifestName(root: string, locationName: string | undefined, xxh128: HexHash): string {
  return `${nameHash(root, locationName, xxh128)}_output`;
}

/** File name of a local snapshot: label, hash of the root, local time. */
export function localManifestName(
  root: string,
  name: string | undefined,
  time: LocalTime,
  xxh128: HexHash,
): string {
  return `${snapshotLabel(root, name)}-${rootHash(root, xxh128)}-${localTimeText(time)}.manifest`;
}

/** The given name, else the root with separators and colons replaced; one leading `_` goes. */
function snapshotLabel(root: string, name: string | undefined): string {
  const label = name === undefined || name === '' ? root.replace(/[/\\:]/g, '_') : name;
  return label.replace(/^_/, '');
}

/**
 * Name of a root's directory in a worker session (spec/files-and-submission.md 5.1); only
 * the text of the root counts. `shake256` gives 10 bytes of SHAKE-256 as hex digits.
 */
export function sessionDirName(root: string, shake256: HexHash): string {
  return `assetroot-${shake256(utf8(root))}`;
}
