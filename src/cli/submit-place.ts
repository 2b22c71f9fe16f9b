/** Where a submission goes, as far as flags and settings tell. Opens nothing. */
import { resolve } from 'node:path';
import type { CommandContext, CommandFlags } from './command.js';
import { UsageError } from './errors.js';
import { flagPath } from './options/flags.js';
import type { Settings } from './options/settings.js';

export interface SubmitPlace {
  /** A directory, `file:` URI or `s3://bucket/prefix`; `undefined`: the store of the queue. */
  readonly place: string | undefined;
  readonly isS3: boolean;
}

/** The place. Throws {@link UsageError} where none is named, nor a queue that would know one. */
export function submitPlace({ settings, cwd }: CommandContext, flags: CommandFlags): SubmitPlace {
  const snapshotTo = flagPath(flags, 'snapshotTo');
  if (snapshotTo !== undefined) {
    if (settings.origin('store').startsWith('flag ')) {
      throw new UsageError('--snapshot-to and --store exclude each other');
    }
    return { place: resolve(cwd, snapshotTo), isS3: false };
  }
  const place = settings.value('store');
  if (place !== undefined) return { place, isS3: /^s3:/i.test(place) };
  if (namesQueue(settings)) return { place: undefined, isS3: true };
  throw missingStore();
}

/** Whether there is a queue to ask about. */
export function namesQueue(settings: Settings): boolean {
  return settings.value('farmId') !== undefined && settings.value('queueId') !== undefined;
}

export function missingStore(): UsageError {
  return new UsageError('--store is required: a directory, file:URI or s3://bucket/prefix');
}
