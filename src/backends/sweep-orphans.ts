/**
 * Aborts uploads in parts that nobody will complete, as a killed process leaves them
 * (spec/storage.md 2.7). Never runs by itself: an upload that is old may still be one that is slow.
 */
import { casFolder, checkLocation, type S3Location } from '../model/s3-location.js';
import { systemClock } from '../pipeline/clock.js';
import { CancelledError, OptionError } from '../pipeline/errors.js';
import type { Clock } from '../pipeline/types.js';
import { throwIfAborted } from './cancel.js';
import type { MultipartInfo, StorageClient } from './storage-client.js';

export interface SweepOptions {
  /** Below the location's root prefix. Default: `{casPrefix}/`. */
  readonly prefix?: string;
  /** Younger uploads stay. Default: {@link SWEEP_DEFAULTS}. */
  readonly olderThanHours?: number;
  /** Say what would be aborted, and abort nothing. Default: {@link SWEEP_DEFAULTS}. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}
export const SWEEP_DEFAULTS = { olderThanHours: 24, dryRun: false } as const satisfies SweepOptions;

export interface SweptOrphans {
  /** Aborted, or to be aborted in a dry run; ordered by key. */
  readonly aborted: readonly MultipartInfo[];
  /** Could not be aborted. */
  readonly failed: readonly { readonly upload: MultipartInfo; readonly error: unknown }[];
  /** Uploads that were too young. */
  readonly kept: number;
}

const HOUR_S = 3600;
/** Aborts in flight. */
const AT_ONCE = 8;

/**
 * Aborts what is older than `olderThanHours` at `location`. One that cannot be aborted does not keep the others.
 * Rejects with the error of the listing, `CancelledError`, or `OptionError` for a number that is none.
 */
export async function sweepOrphans(
  client: StorageClient,
  location: S3Location,
  options: SweepOptions = {},
): Promise<SweptOrphans> {
  const { olderThanHours, dryRun, clock = systemClock, signal } = { ...SWEEP_DEFAULTS, ...options };
  if (!(olderThanHours >= 0)) throw new OptionError('olderThanHours', 'must be a number of at least 0');
  const { bucket, rootPrefix } = checkLocation(location);
  const prefix = options.prefix === undefined ? `${casFolder(location)}/` : `${rootPrefix}/${options.prefix}`;
  const before = clock.now() / 1000 - olderThanHours * HOUR_S;
  const swept = { aborted: [] as MultipartInfo[], failed: [] as SweptOrphans['failed'][number][], kept: 0 };
  throwIfAborted(signal);
  for await (const page of client.listMultipart(bucket, prefix)) {
    throwIfAborted(signal);
    const old = page.filter(({ initiated }) => initiated < before);
    swept.kept += page.length - old.length;
    if (dryRun) swept.aborted.push(...old);
    else await abortAll(client, bucket, old, swept, signal);
  }
  return swept;
}

async function abortAll(
  client: StorageClient,
  bucket: string,
  uploads: readonly MultipartInfo[],
  swept: { aborted: MultipartInfo[]; failed: SweptOrphans['failed'][number][] },
  signal: AbortSignal | undefined,
): Promise<void> {
  const done = new Map<MultipartInfo, unknown>();
  const rest = uploads.values();
  const lane = async (): Promise<void> => {
    for (const upload of rest) {
      throwIfAborted(signal);
      done.set(upload, await failureOf(client.abortMultipart(bucket, upload.key, upload.uploadId)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  for (const upload of uploads) {
    const error = done.get(upload);
    if (error === undefined) swept.aborted.push(upload);
    else swept.failed.push({ upload, error });
  }
}

async function failureOf(call: Promise<void>): Promise<unknown> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return error;
  }
}
