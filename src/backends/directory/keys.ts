/**
 * Keys of the directory store as paths and back (spec/storage.md 1.8). Pure. The root
 * prefix is left out; every other segment is a name. Two kinds of name are the store's own
 * and stay invisible: `.ja-*` (temporary files, uploads) and `*.metadata.json` (sidecars).
 * A key that has such a segment is stored under another name, one to one, so that it is
 * never confused with them:
 *
 *   x.metadata.json   -> x.metadata.json.key     x.metadata.json.key -> x.metadata.json.key.key
 *   .ja-x             -> .ja-key.ja-x
 */
import { type ObjectSubject, objectError } from '../errors.js';

const OWN_PREFIX = '.ja-';
const PREFIX_MARK = '.ja-key';
const SUFFIX_MARK = '.key';

/** A temporary file: `.ja-{16 hex}.part`. */
export const TEMPORARY_NAME = /^\.ja-[0-9a-f]{16}\.part$/;
/** The folder of uploads in parts, below the store's directory. */
export const UPLOADS_FOLDER = '.ja-multipart';

const BAD_SEGMENT = /(?:^|\/)\.{0,2}(?:\/|$)/;
const MAY_BE_OWN = /(?:^|\/)\.ja-|\.metadata\.json/;
const OWN_SUFFIX = /\.metadata\.json(?:\.key)*$/;
const MARKED_SUFFIX = /\.metadata\.json(?:\.key)+$/;
/** NUL, and halves of a surrogate pair, which UTF-8 cannot write. */
const NO_NAME = /[\0\p{Cs}]/u;
const NO_WINDOWS_NAME = /[<>:"\\|?*\u0001-\u001f]|[. ](?:\/|$)/;

/** Path of an object below the store's directory, with `/`. Throws `InvalidConfig` or `InvalidPath`. */
export function pathOfKey(rootPrefix: string, subject: ObjectSubject, platform = process.platform): string {
  const { key } = subject;
  if (!key.startsWith(rootPrefix) || key[rootPrefix.length] !== '/') {
    const text = `the store holds keys below ${JSON.stringify(`${rootPrefix}/`)} only`;
    throw objectError('InvalidConfig', text, subject);
  }
  const rest = key.slice(rootPrefix.length + 1);
  if (BAD_SEGMENT.test(rest)) {
    throw objectError(
      'InvalidConfig',
      'a key of a directory store has no empty, "." or ".." segment',
      subject,
    );
  }
  if (NO_NAME.test(rest) || (platform === 'win32' && NO_WINDOWS_NAME.test(rest))) {
    throw objectError('InvalidPath', 'the file system cannot hold this name', subject);
  }
  return MAY_BE_OWN.test(rest) ? rest.split('/').map(nameOfSegment).join('/') : rest;
}

function nameOfSegment(segment: string): string {
  const prefixed = segment.startsWith(OWN_PREFIX) ? PREFIX_MARK + segment : segment;
  return OWN_SUFFIX.test(prefixed) ? prefixed + SUFFIX_MARK : prefixed;
}

/** The segment of a key that a file or folder name stands for; `undefined` for the store's own. */
export function segmentOfName(name: string): string | undefined {
  if (!MAY_BE_OWN.test(name)) return name;
  const marked = MARKED_SUFFIX.test(name);
  if (!marked && OWN_SUFFIX.test(name)) return undefined;
  const plain = marked ? name.slice(0, -SUFFIX_MARK.length) : name;
  if (!plain.startsWith(OWN_PREFIX)) return plain;
  return plain.startsWith(PREFIX_MARK + OWN_PREFIX) ? plain.slice(PREFIX_MARK.length) : undefined;
}

/** What a listing has to walk: the folder that holds every match, and how their keys go on. */
export interface ListScope {
  /** Folder below the store's directory; empty for itself. */
  readonly folder: string;
  /** Key of that folder, with a trailing `/`. */
  readonly folderKey: string;
  /** Full prefix that keys must have. */
  readonly prefix: string;
}

/** The scope of a listing; `undefined` when no key can match. Throws `InvalidConfig` for a prefix outside the store. */
export function scopeOfPrefix(rootPrefix: string, subject: ObjectSubject): ListScope | undefined {
  const root = `${rootPrefix}/`;
  const prefix = subject.key;
  if (root.startsWith(prefix)) return { folder: '', folderKey: root, prefix };
  if (!prefix.startsWith(root)) {
    throw objectError('InvalidConfig', `the store holds keys below ${JSON.stringify(root)} only`, subject);
  }
  const rest = prefix.slice(root.length);
  const folder = rest.slice(0, Math.max(0, rest.lastIndexOf('/')));
  if (rest.includes('/') && (BAD_SEGMENT.test(folder) || NO_NAME.test(folder))) return undefined;
  const names = folder.split('/').map(nameOfSegment).join('/');
  return { folder: names, folderKey: folder === '' ? root : `${root}${folder}/`, prefix };
}
