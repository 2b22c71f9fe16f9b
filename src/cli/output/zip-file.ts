/** A ZIP archive of a directory, for `--save-debug-snapshot F.zip`. Knows nothing of what the files are. */
import { createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Packs all files below `directory` into the new file `path`; one that is there is replaced. */
export async function zipDirectory(directory: string, path: string, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const archive = new ZipFile();
  for (const file of await filesBelow(directory)) {
    const { mode, mtime } = await stat(file);
    archive.addFile(file, relative(directory, file).split(sep).join('/'), { mode, mtime });
  }
  archive.end();
  const packed = archive.outputStream as NodeJS.ReadableStream & { destroy(error: Error): void };
  archive.on('error', (error: Error) => packed.destroy(error)); // a file that cannot be read is told to the archive only
  await pipeline(packed, createWriteStream(path), { ...(signal && { signal }) });
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
