/**
 * Copies a finished temporary file for a further target of the same content: blocks are
 * shared where the file system can, and a large copy ends soon after a cancel.
 */
import { constants, promises as fs } from 'node:fs';
import { CancelledError } from '../pipeline/errors.js';

/** Up to this size the system copies in one call, which nothing can interrupt. */
const ONE_CALL_BYTES = 256 * 1024 * 1024;
const PIECE_BYTES = 4 * 1024 * 1024;
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** Makes `to`, which must not exist. Rejects with errors of the system, or `CancelledError`; then `to` may be incomplete. */
export async function copyContent(
  from: string | Buffer,
  to: string | Buffer,
  size: number,
  signal: AbortSignal,
  oneCallBytes: number = ONE_CALL_BYTES,
): Promise<void> {
  const { COPYFILE_EXCL, COPYFILE_FICLONE, COPYFILE_FICLONE_FORCE } = constants;
  if (size <= oneCallBytes) return fs.copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE);
  const cloned = await fs.copyFile(from, to, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE).then(
    () => true,
    () => false,
  );
  if (!cloned) await copyPieces(from, to, signal);
}

async function copyPieces(from: string | Buffer, to: string | Buffer, signal: AbortSignal): Promise<void> {
  const source = await fs.open(from, constants.O_RDONLY | NO_FOLLOW);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | NO_FOLLOW;
    const target = await fs.open(to, flags, 0o666);
    try {
      await pour(source, target, signal);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function pour(source: fs.FileHandle, target: fs.FileHandle, signal: AbortSignal): Promise<void> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = 0; ; ) {
    if (signal.aborted) throw new CancelledError('cancelled while a copy was made');
    const { bytesRead } = await source.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    await writeAll(target, buffer.subarray(0, bytesRead), position);
    position += bytesRead;
  }
}

/** `write` may take less than it is given. */
export async function writeAll(file: fs.FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}
