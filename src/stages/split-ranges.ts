/** Stage: a content becomes the requests that fetch it (the chunk step of a download). Sits before fetch. */
import type { DownloadContent, DownloadItem } from '../model/download-plan.js';
import type { FetchUnit, Unfetched } from '../model/download-unit.js';
import { StorageError } from '../model/errors.js';
import { expandLeased } from '../pipeline/expand-leased.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Stage } from '../pipeline/types.js';

export interface SplitRangesOptions {
  /** Bytes per request of an object above `wholeBytes`. */
  readonly partBytes?: number;
  /** Objects up to this size are fetched by one request. */
  readonly wholeBytes?: number;
}
export const SPLIT_RANGES_DEFAULTS: Required<SplitRangesOptions> = {
  partBytes: 16 * 1024 * 1024,
  wholeBytes: 32 * 1024 * 1024,
};

/**
 * - Shape: one content in, its units out; a content without targets ends here, all else passes.
 * - Errors: `ManifestInvalid` for a wrong number of chunk hashes.
 * - Budget: every unit of a content but the first waits for a credit of the objects budget.
 * - Source: spec/storage.md 4.1 and 4.2.
 */
export function splitRanges(options: SplitRangesOptions = {}): Stage<DownloadItem, FetchUnit | Unfetched> {
  const { partBytes, wholeBytes } = { ...SPLIT_RANGES_DEFAULTS, ...options };
  positiveInteger('partBytes', partBytes);
  positiveInteger('wholeBytes', wholeBytes);
  return (ctx) =>
    expandLeased<DownloadItem, FetchUnit | Unfetched>(ctx, (item) => {
      if (item.kind !== 'content') return [item];
      return item.targets.length === 0 ? [] : unitsOf(item, partBytes, wholeBytes);
    });
}

interface StoredObject {
  readonly hash: string;
  readonly offset: number;
  readonly size: number;
}

function unitsOf(content: DownloadContent, partBytes: number, wholeBytes: number): Iterable<FetchUnit> {
  const objects = objectsOf(content);
  const lengthOf = ({ size }: StoredObject): number => (size > wholeBytes ? partBytes : size);
  const countOf = (object: StoredObject): number =>
    Math.max(1, Math.ceil(object.size / Math.max(1, lengthOf(object))));
  const units = objects.reduce((sum, object) => sum + countOf(object), 0);
  return ranges(content, objects, units, lengthOf, countOf);
}

function objectsOf(content: DownloadContent): StoredObject[] {
  const { hashes, size, chunkSizeBytes } = content;
  if (hashes.length === 1) return [{ hash: hashes[0] as string, offset: 0, size }];
  if (hashes.length !== Math.ceil(size / chunkSizeBytes)) {
    const path = content.targets[0]?.path ?? '';
    throw new StorageError(
      'ManifestInvalid',
      `${JSON.stringify(path)} has ${hashes.length} chunk hashes for ${size} bytes in chunks of ${chunkSizeBytes}`,
      { path },
    );
  }
  return hashes.map((hash, index) => ({
    hash,
    offset: index * chunkSizeBytes,
    size: Math.min(chunkSizeBytes, size - index * chunkSizeBytes),
  }));
}

function* ranges(
  content: DownloadContent,
  objects: readonly StoredObject[],
  units: number,
  lengthOf: (object: StoredObject) => number,
  countOf: (object: StoredObject) => number,
): Generator<FetchUnit> {
  for (const object of objects) {
    for (let part = 0; part < countOf(object); part += 1) {
      const objectOffset = part * lengthOf(object);
      const length = Math.min(lengthOf(object), object.size - objectOffset);
      const { hash, size: objectSize } = object;
      yield {
        kind: 'range',
        content,
        units,
        hash,
        objectSize,
        objectOffset,
        fileOffset: object.offset + objectOffset,
        length,
      };
    }
  }
}
