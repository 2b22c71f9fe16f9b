/** Verifies objects that were fetched in ranges, once their file is whole (spec/storage.md 4.2). */
import { constants, promises as fs } from 'node:fs';
import { fsPath } from '../hashing/fs-path.js';
import type { HashPool } from '../hashing/ports.js';
import type { RangedObject, VerifyRanged } from '../sinks/place-file.js';
import { hashMismatch, type ObjectReader, placeOf } from '../stages/fetch.js';
import { PinnedObject } from '../stages/pinned-object.js';
import { SPLIT_RANGES_DEFAULTS } from '../stages/split-ranges.js';

/** Hashes each object that came in ranges in the pool; one that is wrong is fetched once more, then `HashMismatch`. */
export function partsVerifier(
  reader: Pick<ObjectReader, 'getRange' | 'locate'>,
  pool: Pick<HashPool, 'hashRange'>,
  verify: 'hash' | 'size' | 'none',
): VerifyRanged {
  return async (path, objects, content, signal) => {
    if (verify !== 'hash') return;
    for (const object of objects) {
      const { hash, offset, size } = object;
      if ((await pool.hashRange(path, offset, size, { signal })) === hash) continue;
      const place = placeOf(reader, hash);
      const pinned = new PinnedObject({ hash, size, path: content.targets[0]?.path ?? '', ...place }, true);
      await fetchAgain(reader, pinned, object, path, signal);
      if ((await pool.hashRange(path, offset, size, { signal })) !== hash)
        throw hashMismatch({ hash, content }, place);
    }
  };
}

async function fetchAgain(
  reader: Pick<ObjectReader, 'getRange' | 'locate'>,
  pinned: PinnedObject,
  { hash, offset, size }: RangedObject,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { partBytes } = SPLIT_RANGES_DEFAULTS;
  const call = { signal, onBytes: () => {}, freshConnection: true };
  const file = await fs.open(fsPath(path), constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    for (let at = 0; at < size; at += partBytes) {
      const length = Math.min(partBytes, size - at);
      const bytes = await pinned.read(at, (terms) =>
        reader.getRange(hash, at, length, { ...call, ...terms }),
      );
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, offset + at + done)).bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}
