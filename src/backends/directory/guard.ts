/**
 * The border of the directory store: bucket and key to a path before a call, failures of
 * the file system to typed errors after it (spec/storage.md section 6).
 */
import { errnoOf } from '../../model/local-io.js';
import { throwIfAborted } from '../cancel.js';
import { detailsOf } from '../contract.js';
import { bucketNotFound, classify, type ObjectSubject, objectError } from '../errors.js';
import type { CallOptions, PutOptions, PutOutcome } from '../storage-client.js';
import { pathOfKey } from './keys.js';
import type { Target } from './write.js';

/** Where a store is and what it is called. */
export interface StoreNames {
  /** Absolute, links resolved. */
  readonly root: string;
  readonly bucket: string;
  readonly rootPrefix: string;
}

export class Guard {
  constructor(private readonly names: StoreNames) {}

  /** The checks that every call begins with. */
  enter(subject: ObjectSubject, options: CallOptions | undefined): void {
    throwIfAborted(options?.signal);
    if (subject.bucket !== this.names.bucket) throw bucketNotFound(subject);
  }

  async reading<T>(
    subject: ObjectSubject,
    options: CallOptions | undefined,
    work: (path: string) => Promise<T>,
  ): Promise<T> {
    this.enter(subject, options);
    const path = this.#path(subject);
    try {
      return await work(path);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT' || errno === 'ENOTDIR') throw noFile(subject, path, error);
      throw classify(error, { ...subject, path, access: 'read' });
    }
  }

  async writing(
    subject: ObjectSubject,
    options: PutOptions | undefined,
    work: (target: Target) => Promise<boolean>,
  ): Promise<PutOutcome> {
    this.enter(subject, options);
    const path = this.#path(subject);
    try {
      return { created: await work({ subject, path, options, details: detailsOf(options) }) };
    } catch (error) {
      throw writeError(error, subject, path);
    }
  }

  async uploading<T>(
    subject: ObjectSubject,
    options: CallOptions | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    this.enter(subject, options);
    const path = this.#path(subject);
    try {
      return await work();
    } catch (error) {
      throw classify(error, { ...subject, path, access: 'write' });
    }
  }

  async *listing<T>(subject: ObjectSubject, pages: AsyncIterable<T>): AsyncGenerator<T> {
    try {
      yield* pages;
    } catch (error) {
      throw classify(error, { ...subject, path: this.names.root, access: 'read' });
    }
  }

  /** Absolute path of the subject's object. */
  #path(subject: ObjectSubject): string {
    return `${this.names.root}/${pathOfKey(this.names.rootPrefix, subject)}`;
  }
}

function noFile(subject: ObjectSubject, path: string, cause: unknown): Error {
  return objectError('NotFound', `the store has no file ${JSON.stringify(path)}`, subject, {
    ...{ httpStatus: 404, path, cause },
    hint: 'it was removed from the store, or never stored in it: store the files again',
  });
}

const IN_THE_WAY: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'ENOTEMPTY']);

/** A directory store cannot hold both `a` and `a/b`. */
function writeError(error: unknown, subject: ObjectSubject, path: string): Error {
  const errno = errnoOf(error);
  if (errno === undefined || !IN_THE_WAY.has(errno))
    return classify(error, { ...subject, path, access: 'write' });
  const text = 'an object with a shorter or longer key stands in the way, and a directory cannot hold both';
  return objectError('NotSupported', text, subject, { path, errno, cause: error });
}
