/**
 * One stored object that is fetched in ranges, as one version of it: the first answer fixes the ETag, and the other
 * ranges, which wait for the beginning of that answer only, demand it (spec/storage.md 4.2). Knows neither store nor
 * budgets; whoever asks for a range makes the request.
 */
import type { RangeOptions, WholeObject } from '../backends/storage-client.js';
import { StorageError } from '../model/errors.js';

/** What a request for a range has to pass on to the store. */
export type RangeTerms = Pick<RangeOptions, 'ifMatch' | 'onObject'>;
export type RequestRange = (terms: RangeTerms) => Promise<Uint8Array>;

export interface PinnedSubject {
  readonly hash: string;
  readonly bucket?: string;
  /** Default: the hash. */
  readonly key?: string;
  /** What messages call it. Default: the key. */
  readonly shown?: string;
  /** Bytes that the object has, as the manifest says. */
  readonly size: number;
  /** A file that needs it. */
  readonly path: string;
}

/**
 * An object that is replaced meanwhile is begun again, once, with a new first answer. What was fetched before stays, so
 * this is only for callers that verify the content in the end; for others it is `Conflict` at once.
 */
export class PinnedObject {
  #version: Version;
  #begunAgain = false;
  #failed: StorageError | undefined;

  constructor(
    private readonly subject: PinnedSubject,
    private readonly verified: boolean,
  ) {
    this.#version = new Version(subject);
  }

  /**
   * Makes the request for the range that begins at byte `start`, when it is its turn. Rejects with `SizeMismatch` for an
   * object of another size, as soon as the first answer begins; with `Conflict` for one that does not stay the same; and with
   * what the request rejects with, for all ranges that wait for it.
   */
  async read(start: number, request: RequestRange): Promise<Uint8Array> {
    const asked: RequestRange = (terms) =>
      request(terms).catch((error: unknown) => {
        throw statusOf(error) === 416 ? endsBefore(this.subject, start) : error;
      });
    for (;;) {
      if (this.#failed) throw this.#failed;
      const version = this.#version;
      try {
        return await version.read(asked);
      } catch (error) {
        if (statusOf(error) !== 412) throw error;
        if (this.#version === version) this.#beginAgain(error);
      }
    }
  }

  #beginAgain(cause: unknown): void {
    if (this.verified && !this.#begunAgain) this.#version = new Version(this.subject);
    else this.#failed = replaced(this.subject, cause);
    this.#begunAgain = true;
  }
}

/** The ranges of one ETag. */
class Version {
  /** What the first answer says; `undefined` of a store that says nothing. */
  #first: Promise<WholeObject | undefined> | undefined;
  #known: WholeObject | undefined;

  constructor(private readonly subject: PinnedSubject) {}

  async read(request: RequestRange): Promise<Uint8Array> {
    if (!this.#first) return this.#readFirst(request);
    const etag = (await this.#first)?.etag;
    // A weak one never matches; what the answer says is compared all the same.
    const terms = etag === undefined || etag.startsWith('W/') ? {} : { ifMatch: etag };
    return request({ ...terms, onObject: (object) => this.#check(object) });
  }

  #readFirst(request: RequestRange): Promise<Uint8Array> {
    let tell: (object: WholeObject) => void = () => {};
    const told = new Promise<WholeObject>((resolve) => {
      tell = resolve;
    });
    const onObject = (object: WholeObject): void => {
      this.#check(object);
      tell(object);
    };
    const bytes = request({ onObject });
    this.#first = Promise.race([told, bytes.then(() => undefined)]);
    this.#first.catch(() => {}); // it may be the only range that is asked for
    return bytes;
  }

  #check(object: WholeObject): void {
    const { size } = this.subject;
    if (object.size !== size) throw otherSize(this.subject, `${object.size} bytes`);
    this.#known ??= object;
    if (object.etag !== this.#known.etag) throw replaced(this.subject);
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof StorageError ? error.httpStatus : undefined;
}

function endsBefore(subject: PinnedSubject, start: number): StorageError {
  return otherSize(subject, start === 0 ? '0 bytes' : `at most ${start} bytes`);
}

function otherSize(subject: PinnedSubject, has: string): StorageError {
  const { size, path } = subject;
  return new StorageError(
    'SizeMismatch',
    `the object ${shownName(subject)} of ${JSON.stringify(path)} has ${has} in the store instead of ${size}: the stored object is damaged`,
    {
      ...{ operation: 'getObjectRange', ...placeOf(subject), path },
      hint: 'remove it from the store and submit the file again',
    },
  );
}

function replaced(subject: PinnedSubject, cause?: unknown): StorageError {
  const { path } = subject;
  return new StorageError(
    'Conflict',
    `the object ${shownName(subject)} of ${JSON.stringify(path)} was replaced in the store while it was fetched`,
    {
      ...{ operation: 'getObjectRange', ...placeOf(subject), path },
      ...{ httpStatus: 412, retryable: true, cause },
      hint: 'somebody uploaded it again meanwhile: download the file once more',
    },
  );
}

function placeOf({ hash, bucket, key = hash }: PinnedSubject): { bucket?: string; key: string } {
  return { key, ...(bucket !== undefined && { bucket }) };
}

function shownName({ hash, key = hash, shown = key }: PinnedSubject): string {
  return JSON.stringify(shown);
}
