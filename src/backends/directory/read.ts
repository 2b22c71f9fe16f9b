/**
 * Reads of the directory store: what an object is, and its bytes. Objects are opened
 * without following a link or waiting for a FIFO; a folder that leads outside the store is
 * refused. Knows paths, not keys.
 */
import { constants, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../model/local-io.js';
import { throwIfAborted } from '../cancel.js';
import { DEFAULT_CONTENT_TYPE } from '../contract.js';
import { PIECE_BYTES } from '../source-file.js';
import type { CallOptions, HeadResult, ObjectInfo } from '../storage-client.js';
import type { FileCalls } from './file-calls.js';
import type { Folders } from './folders.js';
import type { Sidecars } from './sidecar.js';

const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** An object that stays open, so that it stays the same object, until `work` is done. */
export interface OpenObject {
  readonly file: number;
  /** Device of its volume. */
  readonly dev: number;
  readonly info: ObjectInfo & { readonly etag: string };
}

export class Reader {
  constructor(
    private readonly folders: Folders,
    private readonly sidecars: Sidecars,
    private readonly calls: FileCalls,
  ) {}

  /** `null` when no object has the path. */
  async head(key: string, path: string): Promise<HeadResult | null> {
    const stats = await this.stat(path);
    return stats ? this.describe(path, infoOf(key, stats)) : null;
  }

  /** What `lstat` says of an object; `undefined` when there is none. A link is ELOOP. */
  async stat(path: string): Promise<Stats | undefined> {
    await this.sidecars.pending(path);
    if (!(await this.folders.exists(dirname(path)))) return undefined;
    const stats = await this.calls.lstat(path).catch(ignoreAbsent);
    if (stats?.isSymbolicLink()) throw failure('ELOOP', path);
    return stats?.isFile() ? stats : undefined;
  }

  /** Whether anything has the path; for a writer, who must not wait for himself. */
  async isThere(path: string): Promise<boolean> {
    const stats = await this.calls.lstat(path).catch(ignoreAbsent);
    return stats !== undefined;
  }

  async describe(path: string, info: ObjectInfo): Promise<HeadResult> {
    const details = await this.sidecars.read(path, info.size);
    return {
      ...info,
      contentType: details?.contentType ?? DEFAULT_CONTENT_TYPE,
      userMetadata: details?.userMetadata ?? {},
    };
  }

  /** Runs `work` on the open object. An absent one fails with ENOENT. */
  async withOpen<T>(key: string, path: string, work: (object: OpenObject) => Promise<T>): Promise<T> {
    await this.sidecars.pending(path);
    if (!(await this.folders.exists(dirname(path)))) throw failure('ENOENT', path);
    const file = await this.calls.open(path, READ_ONLY);
    try {
      const stats = await this.calls.fstat(file);
      if (!stats.isFile()) throw failure('ENOENT', path);
      return await work({ file, dev: stats.dev, info: infoOf(key, stats) });
    } finally {
      await this.calls.close(file);
    }
  }

  async bytes(
    object: OpenObject,
    range: { offset: number; length: number },
    { signal, pace }: CallOptions = {},
  ): Promise<Uint8Array> {
    const data = Buffer.allocUnsafeSlow(range.length); // a pooled buffer would not belong to the caller alone
    const most = pace ? PIECE_BYTES : 16 * PIECE_BYTES;
    for (let done = 0; done < data.length; ) {
      throwIfAborted(signal);
      const want = Math.min(data.length - done, most);
      await pace?.(want);
      const { bytesRead } = await this.calls.read(object.file, data, done, want, range.offset + done);
      if (bytesRead === 0) throw failure('EIO', object.info.key);
      done += bytesRead;
    }
    return data;
  }

  /** The whole object in order; the memory of a piece is used again for the next. */
  async pieces(
    object: OpenObject,
    signal: AbortSignal | undefined,
    consume: (piece: Uint8Array, position: number) => Promise<void>,
  ): Promise<void> {
    const { size, key } = object.info;
    const buffer = Buffer.allocUnsafe(Math.min(size, PIECE_BYTES));
    for (let done = 0; done < size; ) {
      throwIfAborted(signal);
      const { bytesRead } = await this.calls.read(object.file, buffer, 0, buffer.length, done);
      if (bytesRead === 0) throw failure('EIO', key);
      await consume(buffer.subarray(0, Math.min(bytesRead, size - done)), done);
      done += bytesRead;
    }
  }
}

/** The etag names one written file: a replacement has another inode or time. */
export function infoOf(key: string, stats: Stats): ObjectInfo & { readonly etag: string } {
  const etag = [stats.ino, stats.size, stats.mtimeMs * 4096].map((part) => Math.round(part).toString(16));
  return { key, size: stats.size, lastModified: stats.mtimeMs / 1000, etag: `"${etag.join('-')}"` };
}

function ignoreAbsent(error: unknown): undefined {
  const errno = errnoOf(error);
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error;
}

function failure(code: string, subject: string): Error {
  return Object.assign(new Error(`${code}: ${subject}`), { code });
}
