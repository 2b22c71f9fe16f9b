/** Verifies objects that were fetched in ranges, once their file is whole (spec/storage.md 4.2). */
import { constants, promises as fs } from 'node:fs';
import type { CasStore } from '../backends/bind-cas.js';
import { fsPath } from '../hashing/fs-path.js';
import type { HashPool } from '../hashing/ports.js';
import type { DownloadContent } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import { hashMismatch } from '../stages/fetch.js';
import { SPLIT_RANGES_DEFAULTS } from '../stages/split-ranges.js';

/** Hashes each object of a complete temporary file in the pool; one that is wrong is fetched once more, then `HashMismatch`. */
export function partsVerifier(cas: CasStore, pool: HashPool, verify: 'hash' | 'size' | 'none') {
  return async (path: string, content: DownloadContent, signal: AbortSignal): Promise<void> => {
    if (verify !== 'hash') return;
    const { hashes, size, chunkSizeBytes } = content;
    const chunk = hashes.length > 1 ? chunkSizeBytes : size;
    for (const [index, hash] of hashes.entries()) {
      const offset = index * chunk;
      const length = Math.min(chunk, size - offset);
      if ((await pool.hashRange(path, offset, length, { signal })) === hash) continue;
      await checkStoredSize(cas, hash, length, content, signal);
      await fetchAgain(cas, hash, path, offset, length, signal);
      if ((await pool.hashRange(path, offset, length, { signal })) !== hash)
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
      const bytes = await cas.getRange(hash, at, end, { signal });
      for (let done = 0; done < bytes.length; ) {
        done += (await file.write(bytes, done, bytes.length - done, offset + at + done)).bytesWritten;
      }
    }
  } finally {
    await file.close();
  }
}
