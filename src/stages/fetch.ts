/**
 * Stage: fetches the bytes of each unit into memory. Sits between split-ranges and the sink
 * that writes files. Asks for what the manifest says, without looking first, and verifies
 * whole objects at once; ranges are verified when their object is complete.
 */
import type { FetchedUnit, FetchUnit, Unfetched } from '../model/download-unit.js';
import { StorageError } from '../model/errors.js';
import { hold, type MaybeHeld } from '../pipeline/held.js';
import { mapLeased } from '../pipeline/map-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { RunContext, Stage } from '../pipeline/types.js';

export interface FetchCall {
  readonly signal: AbortSignal;
  readonly onBytes: (delta: number) => void;
  /** Bytes that the whole object has, as the manifest says. */
  readonly objectSize: number;
  /** Over a connection that no request has used yet. */
  readonly freshConnection?: boolean;
}

/** The store calls that this stage needs. */
export interface ObjectReader {
  /** A whole object. */
  get(hash: string, call: FetchCall): Promise<Uint8Array>;
  /** `length` bytes of an object from `start`, fewer at its end. */
  getRange(hash: string, start: number, length: number, call: FetchCall): Promise<Uint8Array>;
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
 *   `HashMismatch` when its content differs, also after one fresh fetch; those of the reader.
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
  return (ctx) =>
    mapLeased<FetchUnit | Unfetched, FetchedUnit | Unfetched>(ctx, concurrency, (unit, signal) => {
      if (unit.kind !== 'range') return unit;
      if (unit.length === 0) return { ...unit, bytes: new Uint8Array(0) }; // an empty file needs no request
      return fetchHeld(ctx, reader, settings, unit, signal);
    });
}

async function fetchHeld(
  ctx: RunContext,
  reader: ObjectReader,
  settings: Required<FetchOptions>,
  unit: FetchUnit,
  signal: AbortSignal,
): Promise<MaybeHeld<FetchedUnit>> {
  const lease = await ctx.budgets.bytes.acquire(unit.length, signal);
  try {
    const onBytes = (delta: number): void => ctx.progress.add('fetchedBytes', delta);
    const call = { signal, onBytes, objectSize: unit.objectSize };
    return hold({ ...unit, bytes: await fetchVerified(reader, settings, unit, call) }, lease);
  } catch (error) {
    lease.release();
    throw error;
  }
}

async function fetchVerified(
  reader: ObjectReader,
  { verify, hash }: Required<FetchOptions>,
  unit: FetchUnit,
  call: FetchCall,
): Promise<Uint8Array> {
  const whole = unit.length === unit.objectSize;
  const once = async (call: FetchCall): Promise<Uint8Array> => {
    const bytes = await (whole
      ? reader.get(unit.hash, call)
      : reader.getRange(unit.hash, unit.objectOffset, askedBytes(unit), call));
    if (bytes.length !== unit.length) throw sizeMismatch(unit, bytes.length);
    return bytes;
  };
  const bytes = await once(call);
  if (!whole || verify !== 'hash' || hash(bytes) === unit.hash) return bytes;
  call.onBytes(-bytes.length);
  const again = await once({ ...call, freshConnection: true });
  if (hash(again) === unit.hash) return again;
  throw hashMismatch(unit);
}

/** The last range asks for a byte more, which only an object that is longer than the manifest says can give. */
function askedBytes({ objectOffset, objectSize, length }: FetchUnit): number {
  return objectOffset + length === objectSize ? length + 1 : length;
}

function sizeMismatch(
  { hash, objectSize, objectOffset, length, content }: FetchUnit,
  got: number,
): StorageError {
  const path = content.targets[0]?.path ?? '';
  const asked = length === objectSize ? `${objectSize} bytes` : `${length} bytes from byte ${objectOffset}`;
  const difference =
    length < objectSize && got > length
      ? `is longer than its ${objectSize} bytes`
      : `gave ${got} bytes instead of ${asked}`;
  return new StorageError(
    'SizeMismatch',
    `object ${hash} of ${JSON.stringify(path)} ${difference}: the stored object is damaged; submit the file again`,
    { operation: 'getObject', key: hash, path },
  );
}

/** The error for a stored object whose content is not what its key says. */
export function hashMismatch({ hash, content }: Pick<FetchUnit, 'hash' | 'content'>): StorageError {
  const path = content.targets[0]?.path ?? '';
  return new StorageError(
    'HashMismatch',
    `the stored object is corrupt: the content of ${hash} for ${JSON.stringify(path)} has another hash; remove it from the store and submit the file again`,
    { operation: 'getObject', key: hash, path },
  );
}
