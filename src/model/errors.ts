/**
 * The errors of the domain. Every one carries a stable `code`, the subject it is about
 * and, where another error caused it, that error as `cause`. No message holds a
 * credential, a signed URL or file content.
 */

/** Base of every error that the domain raises. */
export class AttachmentError extends Error {
  /** Stable, machine readable name of the failure. */
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Codes of {@link ManifestError} (spec/manifests.md section 8). */
export type ManifestErrorCode =
  | 'INVALID_ENCODING'
  | 'INVALID_JSON'
  | 'NOT_AN_OBJECT'
  | 'MISSING_VERSION'
  | 'UNKNOWN_VERSION'
  | 'SCHEMA'
  | 'UNSUPPORTED_HASH_ALGORITHM'
  | 'HASH_NOT_ALPHANUMERIC'
  | 'UNSAFE_INTEGER'
  | 'INVALID_REFERENCE'
  | 'INVALID_ENTRY'
  | 'CHUNK_MISMATCH'
  | 'DELETION_IN_SNAPSHOT'
  | 'SYMLINK_TARGET'
  | 'PATH_STYLE'
  | 'INVALID_PATH'
  | 'DUPLICATE_PATH'
  | 'HASH_STATE_MISMATCH'
  | 'EMPTY_INPUT'
  | 'MANIFEST_TYPE'
  | 'PATH_CONFLICT'
  | 'ROOT_OVERLAP'
  | 'NOT_REPRESENTABLE'
  | 'VERSION_MISMATCH'
  | 'HASH_ALGORITHM_MISMATCH'
  | 'CHUNK_SIZE_MISMATCH'
  | 'SYMLINK_CYCLE';

/** A manifest, or an operation on manifests, breaks a rule of the format. */
export class ManifestError extends AttachmentError {
  declare readonly code: ManifestErrorCode;
  /** The entry's path, when one entry is to blame. */
  readonly path?: string;
  /** The entry's position in its list, when one entry is to blame. */
  readonly index?: number;

  constructor(
    code: ManifestErrorCode,
    message: string,
    subject: { path?: string; index?: number; cause?: unknown } = {},
  ) {
    super(code, message, subject.cause === undefined ? undefined : { cause: subject.cause });
    if (subject.path !== undefined) this.path = subject.path;
    if (subject.index !== undefined) this.index = subject.index;
  }
}

/** Kinds of {@link StorageError} (spec/storage.md section 6); each is also its `code`. */
export type StorageErrorKind =
  | 'NotFound'
  | 'BucketNotFound'
  | 'AccessDenied'
  | 'KmsAccess'
  | 'KmsKeyUnavailable'
  | 'BucketOwnerMismatch'
  | 'ExpiredCredentials'
  | 'InvalidCredentials'
  | 'MissingCredentials'
  | 'ClockSkew'
  | 'WrongRegion'
  | 'Throttled'
  | 'ServiceError'
  | 'Timeout'
  | 'Network'
  | 'AlreadyExists'
  | 'Conflict'
  | 'NoSuchUpload'
  | 'InvalidMultipart'
  | 'NotSupported'
  | 'ChecksumMismatch'
  | 'SizeMismatch'
  | 'HashMismatch'
  | 'ArchivedObject'
  | 'ObjectTooLarge'
  | 'BadRequest'
  | 'FileChanged'
  | 'FileVanished'
  | 'NotAFile'
  | 'FileUnreadable'
  | 'PathNotFound'
  | 'NotADirectory'
  | 'InvalidPath'
  | 'InvalidGlobPattern'
  | 'NoSpace'
  | 'InsufficientDisk'
  | 'PathTooLong'
  | 'TooManyConflicts'
  | 'LocalIo'
  | 'PathOutsideRoot'
  | 'SymlinkEscape'
  | 'ManifestInvalid'
  | 'MissingAssetRoot'
  | 'InvalidConfig';

/** What a {@link StorageError} is about; every member is optional. */
export interface StorageErrorSubject {
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly path?: string;
  readonly httpStatus?: number;
  readonly s3Code?: string;
  readonly requestId?: string;
  /** Tries made, the failed one included. */
  readonly attempts?: number;
  /** Whether the same call may succeed when it is made again. */
  readonly retryable?: boolean;
  /** What the user can do about it. */
  readonly hint?: string;
  /** errno name of a local failure, for example `ENOSPC`. */
  readonly errno?: string;
  /** Milliseconds that the store asked to wait before the next try. */
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** A transfer, a store or a file failed. */
export class StorageError extends AttachmentError {
  readonly kind: StorageErrorKind;
  readonly operation?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly path?: string;
  readonly httpStatus?: number;
  readonly s3Code?: string;
  readonly requestId?: string;
  readonly attempts: number;
  readonly retryable: boolean;
  readonly hint?: string;
  readonly errno?: string;
  readonly retryAfterMs?: number;
  /** What the run that this error ended had done until then. Not enumerable: it is about the run, and lists this error. */
  declare partialStats?: unknown;

  constructor(kind: StorageErrorKind, message: string, subject: StorageErrorSubject = {}) {
    super(kind, message, subject.cause === undefined ? undefined : { cause: subject.cause });
    const { attempts = 1, retryable = false, cause: _cause, ...rest } = subject;
    this.kind = kind;
    this.attempts = attempts;
    this.retryable = retryable;
    Object.defineProperty(this, 'partialStats', { value: undefined, writable: true });
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) Object.assign(this, { [name]: value });
    }
  }
}

/** Members to replace in a copy of an error; `undefined` drops one. */
export type ErrorChanges = { readonly [K in keyof StorageErrorSubject]: StorageErrorSubject[K] | undefined };

/** `error` with another kind, other members or another message; the caller's error stays as it is. */
export function copyOf(
  error: StorageError,
  kind: StorageErrorKind,
  changes: ErrorChanges,
  message: string = error.message,
): StorageError {
  const { operation, bucket, key, path, httpStatus, s3Code, requestId, attempts, retryable, hint, errno } =
    error;
  const { retryAfterMs, cause } = error;
  const all = {
    ...{ operation, bucket, key, path, httpStatus, s3Code, requestId, attempts, retryable, hint, errno },
    ...{ retryAfterMs, cause },
    ...changes,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return new StorageError(kind, message, Object.fromEntries(given));
}

/**
 * Bad input that a Python user knows by name. `code` is the name of the Python class,
 * for example `NonValidInputError` (spec/files-and-submission.md section 0).
 */
export class ValidationError extends AttachmentError {}
