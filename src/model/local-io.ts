/**
 * What a failed call to the local file system means: errno name to kind and hint
 * (spec/storage.md section 6 and 6.1). Pure: it reads the error it is given and asks the
 * system nothing. Sources, sinks, hashing and backends share it, so that one fault has one name.
 */
import { StorageError, type StorageErrorKind } from './errors.js';

/** Whether the file is read as input or written as output; the same errno differs in meaning. */
export type LocalIoSide = 'source' | 'target';

export interface LocalIoSubject {
  /** What was being done, for example `putObjectFromFile`. */
  readonly operation: string;
  readonly path: string;
  readonly side: LocalIoSide;
}

interface Meaning {
  readonly source: StorageErrorKind;
  readonly target: StorageErrorKind;
  readonly text: string;
  readonly hint?: Partial<Record<LocalIoSide, string>>;
  readonly retryable?: true;
}

const FREE_SPACE = 'free space on the volume that holds the path, or choose another one';
const WRITABLE =
  'the directory is not writable for the current user: change its owner or mode, or choose another one';
const READABLE = 'the current user may not read the file: change its owner or mode';
const OPEN_FILES =
  'raise the limit of open files (`ulimit -n` shows it), or lower the number of parallel files';
const CHANGED = 'the file was removed or renamed after it was found: submit again';
const SHORTER = 'shorten the name or the directories above it';
const REGULAR = 'only regular files can be read: remove it from the input, or give the file that is meant';

const denied = (text: string): Meaning => ({
  source: 'FileUnreadable',
  target: 'LocalIo',
  text,
  hint: { source: READABLE, target: WRITABLE },
});
const full = (text: string): Meaning => ({
  source: 'FileUnreadable',
  target: 'NoSpace',
  text,
  hint: { target: FREE_SPACE },
});
const tooMany = (text: string): Meaning => ({
  source: 'FileUnreadable',
  target: 'LocalIo',
  text,
  hint: { source: OPEN_FILES, target: OPEN_FILES },
  retryable: true,
});
const vanished = (text: string, target: string): Meaning => ({
  source: 'FileVanished',
  target: 'LocalIo',
  text,
  hint: { source: CHANGED, target },
});
const busy = (text: string): Meaning => ({
  source: 'FileUnreadable',
  target: 'LocalIo',
  text,
  retryable: true,
});
const both = (kind: StorageErrorKind, text: string, hint: string): Meaning => ({
  source: kind,
  target: kind,
  text,
  hint: { source: hint, target: hint },
});

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: vanished('it does not exist', 'a directory of the path does not exist: create it first'),
  ENOTDIR: vanished(
    'a part of the path is not a directory',
    'give a directory, or a path that does not exist yet',
  ),
  ESTALE: vanished('its file handle is stale', 'the network volume was mounted anew: run again'),
  EACCES: denied('permission denied'),
  EPERM: denied('operation not permitted'),
  EROFS: denied('the file system is read-only'),
  ENOSPC: full('no space is left on the volume'),
  EDQUOT: full('the disk quota is used up'),
  EFBIG: full('the file is larger than the volume allows'),
  EMFILE: tooMany('this process has too many open files'),
  ENFILE: tooMany('the system has too many open files'),
  ENAMETOOLONG: both('PathTooLong', 'a name in the path, or the path, is too long', SHORTER),
  EISDIR: {
    source: 'NotAFile',
    target: 'NotAFile',
    text: 'it is a directory',
    hint: {
      source: REGULAR,
      target: 'a file has to stand there: move the directory away, or choose another name',
    },
  },
  ENXIO: {
    source: 'NotAFile',
    target: 'NotAFile',
    text: 'it is a socket or a device',
    hint: { source: REGULAR },
  },
  ELOOP: {
    source: 'NotAFile',
    target: 'SymlinkEscape',
    text: 'it is a symbolic link',
    hint: { source: 'give the file that the link leads to', target: 'remove the link' },
  },
  EEXIST: { source: 'FileUnreadable', target: 'AlreadyExists', text: 'it exists already' },
  EILSEQ: both('InvalidPath', 'the file system cannot hold this name', 'rename the file'),
  ERR_INVALID_ARG_VALUE: both('InvalidPath', 'no file can have this name', 'rename the file'),
  EBUSY: busy('it is in use'),
  EAGAIN: busy('it is temporarily not available'),
  EINTR: busy('the call was interrupted'),
  ETXTBSY: busy('it is a program that runs'),
  ETIMEDOUT: busy('the volume did not answer in time'),
  EIO: { source: 'FileUnreadable', target: 'LocalIo', text: 'the volume reported an input/output error' },
};

const OTHER: Meaning = { source: 'FileUnreadable', target: 'LocalIo', text: 'the call failed' };

/** The names of the system and of Node, unlike the kinds of our own errors, have no lower-case letter. */
const ERRNO = /^E[A-Z0-9_]+$/;

/** The errno name that an error of the system carries, for example `ENOSPC`; `undefined` for any other value. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && ERRNO.test(error.code) ? error.code : undefined;
}

/**
 * The typed error for a failed call on `subject.path`, with the errno name, a hint and
 * `cause`. A `StorageError` passes through as it is. Call it for real failures only: an
 * abort is not one.
 */
export function localIoError(cause: unknown, subject: LocalIoSubject): StorageError {
  if (cause instanceof StorageError) return cause;
  const { operation, path, side } = subject;
  const errno = errnoOf(cause);
  const meaning = meaningOf(errno);
  const hint = meaning.hint?.[side];
  return new StorageError(meaning[side], `${operation} ${JSON.stringify(path)}: ${localIoReason(cause)}`, {
    operation,
    path,
    retryable: meaning.retryable === true,
    cause,
    ...(errno !== undefined && { errno }),
    ...(hint !== undefined && { hint }),
  });
}

/** Why a call failed, for a message that names its subject itself. */
export function localIoReason(cause: unknown): string {
  const errno = errnoOf(cause);
  if (errno !== undefined) return `${meaningOf(errno).text} (${errno})`;
  return cause instanceof Error ? cause.message : String(cause);
}

function meaningOf(errno: string | undefined): Meaning {
  return (errno === undefined ? undefined : MEANINGS[errno]) ?? OTHER;
}
