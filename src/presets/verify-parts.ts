/** Verifies objects that were fetched in ranges, once their file is whole (spec/storage.md 4.2). */
import { constants, promises as fs } from 'node:fs';
import type { CasStore } from '../backends/bind-cas.js';
import { fsPath } from '../hashing/fs-path.js';
import type { HashPool } from '../hashing/ports.js';
import type { DownloadContent } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import type { VerifyRanged } from '../sinks/place-file.js';
import { hashMismatch } from '../stages/fetch.js';
import { SPLIT_RANGES_DEFAULTS } from '../stages/split-ranges.js';

/** Hashes each object that came in ranges in the pool; one that is wrong is fetched once more, then `HashMismatch`. */
export function partsVerifier(
  cas: CasStore,
  pool: Pick<HashPool, 'hashRange'>,
  verify: 'hash' | 'size' | 'none',
): VerifyRanged {
  return async (path, objects, content, signal) => {
    if (verify !== 'hash') return;
    for (const { hash, offset, size } of objects) {
      if ((await pool.hashRange(path, offset, size, { signal })) === hash) continue;
      await checkStoredSize(cas, hash, size, content, signal);
      await fetchAgain(cas, hash, path, offset, size, signal);
      if ((await pool.hashRange(path, offset, size, { signal })) !== hash)
        throw hashMismatch({ hash, content });
    }
  };
}

/** An object of another size has another content, and that is the better thing to say. */
async function checkStoredSize(
  cas: CasStore,
  hash: string,
  size: number,
  content: DownloadContent,
  signal: AbortSignal,
): Promise<void> {
  const stored = await cas.head(hash, signal);
  if (stored && stored.size !== size) throw storedSizeMismatch(cas.key(hash), stored.size, size, content);
}

/** The error for an object that has another size than the manifest says. */
export function storedSizeMismatch(
  key: string,
  storedSize: number,
  size: number,
  content?: DownloadContent,
): StorageError {
  const path = content?.targets[0]?.path;
  const of = path === undefined ? '' : ` of ${JSON.stringify(path)}`;
  return new StorageError(
    'SizeMismatch',
    `object ${key}${of} has ${storedSize} bytes in the store instead of ${size}: the stored object is damaged`,
    {
      operation: 'getObject',
      key,
      ...(path !== undefined && { path }),
      hint: 'remove it from the store and submit the file again',
    },
  );
}

async function fetchAgain(
  cas: CasStore,
  hash: string,
  path: string,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<void> {
  const { partBytes } = SPLIT_RANGES_DEFAULTS;
  const file = await fs.open(fsPath(path), constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    for (let at = 0; at < length; at += partBytes) {
      const end = Math.min(at + partBytes, length) - 1;
      const bytes = await cas.getRange(hash, at, end, { signal, freshConnection: true });
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, offset + at + done)).bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}
