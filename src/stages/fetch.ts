/**
 * Stage: fetches the bytes of each unit into memory. Sits between split-ranges and the sink
 * that writes files. Asks for what the manifest says, without looking first, and verifies
 * whole objects at once; ranges are of one version of their object, and are verified when it is complete.
 */
import type { DownloadContent } from '../model/download-plan.js';
import type { FetchedUnit, FetchUnit, Unfetched } from '../model/download-unit.js';
import { copyOf, StorageError } from '../model/errors.js';
import { hold, type MaybeHeld } from '../pipeline/held.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Stage } from '../pipeline/types.js';
import { PinnedObject, type RangeTerms } from './pinned-object.js';

export interface FetchCall {
  readonly signal: AbortSignal;
  readonly onBytes: (delta: number) => void;
  /** Over a connection that no request has used yet. */
  readonly freshConnection?: boolean;
}

/** The store calls that this stage needs. */
export interface ObjectReader {
  /** A whole object. */
  get(hash: string, call: FetchCall): Promise<Uint8Array>;
  /** `length` bytes of an object from `start`, fewer at its end; tells of the whole object when the answer begins. */
  getRange(hash: string, start: number, length: number, call: FetchCall & RangeTerms): Promise<Uint8Array>;
  /** Where an object is, for errors about it. Without, they name the hash as its key. */
  locate?(hash: string): ObjectPlace;
}

export interface ObjectPlace {
  readonly bucket?: string;
  readonly key: string;
  /** What messages call it: a URI, or the path of its file. Default: the key. */
  readonly shown?: string;
}

export interface FetchOptions {
  /** Requests outstanding at once. */
  readonly concurrency?: number;
  /** `hash` compares digests, `size` lengths only, `none` nothing but what writing needs. */
  readonly verify?: 'hash' | 'size' | 'none';
  /** Digest of bytes; needed for `verify: 'hash'`. */
  readonly hash: (bytes: Uint8Array) => string;
}
export const FETCH_DEFAULTS = { concurrency: 32, verify: 'hash' } as const satisfies Omit<
  FetchOptions,
  'hash'
>;

/**
 * - Shape: one in, one out; order is not kept. Entries without content pass.
 * - Errors: `SizeMismatch` when the stored object has another size than the manifest says;
 *   `HashMismatch` when its content differs, also after one fresh fetch; `Conflict` when it is replaced between
 *   two ranges, with `verify: 'hash'` only the second time, since whoever verifies it sees the first; those of the reader.
 * - Cancel: unsubscribing aborts every request.
 * - Budget: the bytes budget, from before the request until the unit is written.
 * - Counters: `fetchedBytes`.
 * - Source: spec/storage.md 4.2.
 */
export function fetchObjects(
  reader: ObjectReader,
  options: FetchOptions,
): Stage<FetchUnit | Unfetched, FetchedUnit | Unfetched> {
  const settings = { ...FETCH_DEFAULTS, ...options };
  const concurrency = positiveInteger('concurrency', settings.concurrency);
  return (ctx) => {
    const run = new Fetching(ctx, reader, settings);
    return mapLeased<FetchUnit | Unfetched, FetchedUnit | Unfetched>(ctx, concurrency, (unit, signal) => {
      if (unit.kind !== 'range') return unit;
      if (unit.length === 0) return { ...unit, bytes: new Uint8Array(0) }; // an empty file needs no request
      return run.fetch(unit, signal);
    });
  };
}

/** State of one run. */
class Fetching {
  /** Objects that are fetched in ranges, by where they begin in their file. They go when their content is done with. */
  readonly #pinned = new WeakMap<DownloadContent, Map<number, PinnedObject>>();

  constructor(
    private readonly ctx: RunContext,
    private readonly reader: ObjectReader,
    private readonly settings: Required<FetchOptions>,
  ) {}

  async fetch(unit: FetchUnit, signal: AbortSignal): Promise<MaybeHeld<FetchedUnit>> {
    const lease = await this.ctx.budgets.bytes.acquire(unit.length, signal);
    try {
      const call = { signal, onBytes: (delta: number) => this.ctx.progress.add('fetchedBytes', delta) };
      const isWhole = unit.length === unit.objectSize;
      const bytes = await (isWhole ? this.#whole(unit, call) : this.#range(unit, call));
      return hold({ ...unit, bytes }, lease);
    } catch (error) {
      lease.release();
      throw wanted(error, unit.content);
    }
  }

  async #whole(unit: FetchUnit, call: FetchCall): Promise<Uint8Array> {
    const { verify, hash } = this.settings;
    const bytes = this.#checkLength(unit, await this.reader.get(unit.hash, call));
    if (verify !== 'hash' || hash(bytes) === unit.hash) return bytes;
    call.onBytes(-bytes.length);
    const fresh = { ...call, freshConnection: true };
    const again = this.#checkLength(unit, await this.reader.get(unit.hash, fresh));
    if (hash(again) === unit.hash) return again;
    throw hashMismatch(unit, placeOf(this.reader, unit.hash));
  }

  async #range(unit: FetchUnit, call: FetchCall): Promise<Uint8Array> {
    const { hash, objectOffset, length } = unit;
    const bytes = await this.#pinnedFor(unit).read(objectOffset, (terms) =>
      takingBack(call, (counted) =>
        this.reader.getRange(hash, objectOffset, length, { ...counted, ...terms }),
      ),
    );
    return this.#checkLength(unit, bytes);
  }

  #checkLength(unit: FetchUnit, bytes: Uint8Array): Uint8Array {
    if (bytes.length !== unit.length) throw otherLength(unit, bytes.length, placeOf(this.reader, unit.hash));
    return bytes;
  }

  #pinnedFor({ content, hash, objectSize: size, objectOffset, fileOffset }: FetchUnit): PinnedObject {
    const objects = this.#pinned.get(content) ?? new Map<number, PinnedObject>();
    this.#pinned.set(content, objects);
    const offset = fileOffset - objectOffset;
    const path = content.targets[0]?.path ?? '';
    const subject = { hash, size, path, ...placeOf(this.reader, hash) };
    const pinned = objects.get(offset) ?? new PinnedObject(subject, this.settings.verify === 'hash');
    objects.set(offset, pinned);
    return pinned;
  }
}

/** Makes a request that may be repeated: the bytes that it counted are taken back when it fails. */
async function takingBack<T>(call: FetchCall, request: (call: FetchCall) => Promise<T>): Promise<T> {
  let moved = 0;
  const onBytes = (delta: number): void => {
    moved += delta;
    call.onBytes(delta);
  };
  try {
    return await request({ ...call, onBytes });
  } catch (error) {
    if (moved !== 0) call.onBytes(-moved);
    throw error;
  }
}

/** Bucket and key of an object, as errors about it name them. */
export function placeOf(reader: Pick<ObjectReader, 'locate'>, hash: string): ObjectPlace {
  return reader.locate?.(hash) ?? { key: hash };
}

/** The store does not know for which file an object was asked that is missing. */
function wanted(error: unknown, { targets }: DownloadContent): unknown {
  if (!(error instanceof StorageError) || error.kind !== 'NotFound') return error;
  const path = targets[0]?.path ?? '';
  return copyOf(error, error.kind, { path }, `${error.message} (wanted for ${JSON.stringify(path)})`);
}

function otherLength(unit: FetchUnit, bytes: number, { shown, ...place }: ObjectPlace): StorageError {
  const { objectSize, objectOffset, length, content } = unit;
  const path = content.targets[0]?.path ?? '';
  const asked = length === objectSize ? `${objectSize} bytes` : `${length} bytes from byte ${objectOffset}`;
  return new StorageError(
    'SizeMismatch',
    `the object ${JSON.stringify(shown ?? place.key)} of ${JSON.stringify(path)} gave ${bytes} bytes instead of ${asked}: the stored object is damaged; submit the file again`,
    { operation: 'getObject', ...place, path },
  );
}

/** The error for a stored object whose content is not what its key says. */
export function hashMismatch(
  { hash, content }: Pick<FetchUnit, 'hash' | 'content'>,
  { shown, ...place }: ObjectPlace = { key: hash },
): StorageError {
  const path = content.targets[0]?.path ?? '';
  return new StorageError(
    'HashMismatch',
    `the stored object ${JSON.stringify(shown ?? place.key)} is corrupt: its content for ${JSON.stringify(path)} has another hash; remove it from the store and submit the file again`,
    { operation: 'getObject', ...place, path },
  );
}
