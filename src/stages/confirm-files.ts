/** Stage: lets hashed files pass to a manifest sink where no store is involved. Stands in for the upload stages of a snapshot. */
import type { HashedEntry } from '../model/file-item.js';
import type { SettledUnit } from '../model/upload-unit.js';
import { mapLeased } from '../pipeline/map-leased.js';
import type { Stage } from '../pipeline/types.js';

/** One in, one out, at once; a file counts as skipped unless its content was read. */
export function confirmFiles(): Stage<HashedEntry, SettledUnit> {
  return (ctx) =>
    mapLeased<HashedEntry, SettledUnit>(ctx, 1, (file) => ({
      file,
      objects: file.kind === 'file' ? 1 : 0,
      outcome: file.hashedBy === 'reading' ? 'sent' : 'skipped',
    }));
}
