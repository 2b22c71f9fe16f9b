/** From an object of the directory store into a file that the caller named. Knows no keys. */
import { localIoError } from '../../model/local-io.js';
import { throwIfAborted } from '../cancel.js';
import type { CallOptions } from '../storage-client.js';
import { type TargetRequest, writeAll, writeIntoFile, writeNewFile } from '../target-file.js';
import { infoOf, type OpenObject, type Reader } from './read.js';
import type { Reflinks } from './reflink.js';

interface Means {
  readonly reader: Reader;
  readonly reflinks: Reflinks;
  readonly remove: (path: string) => Promise<void>;
}

/** A new file with the object's bytes, by shared blocks where the volume can. */
export async function placeObject(
  means: Means,
  from: { readonly path: string; readonly object: OpenObject },
  request: TargetRequest,
  options: CallOptions | undefined,
): Promise<void> {
  const { object } = from;
  if (await cloned(means, from, request)) {
    await options?.pace?.(0);
    options?.onBytes?.(object.info.size);
    return;
  }
  await writeNewFile(request, async (handle) => {
    await means.reader.pieces(object, options?.signal, async (piece, position) => {
      await options?.pace?.(piece.length);
      await writeAll(request, handle, piece, position);
      options?.onBytes?.(piece.length);
    });
    throwIfAborted(options?.signal);
  });
}

/** The object's bytes into an existing file. */
export async function pourObject(
  reader: Reader,
  object: OpenObject,
  request: TargetRequest & { readonly offset: number },
  options: CallOptions | undefined,
): Promise<void> {
  await writeIntoFile(request, (handle) =>
    reader.pieces(object, options?.signal, async (piece, position) => {
      await options?.pace?.(piece.length);
      await writeAll(request, handle, piece, request.offset + position);
      options?.onBytes?.(piece.length);
    }),
  );
}

/** Blocks are shared by name, so the name must still lead to the open object afterwards. */
async function cloned(
  { reader, reflinks, remove }: Means,
  { path, object }: { readonly path: string; readonly object: OpenObject },
  request: TargetRequest,
): Promise<boolean> {
  const { size, key, etag } = object.info;
  if (!(await reflinks.copy({ path, dev: object.dev, size }, request.path))) return false;
  const stats = await reader.stat(path);
  if (stats && infoOf(key, stats).etag === etag) return true;
  await remove(request.path).catch((cause: unknown) => {
    throw localIoError(cause, { ...request, side: 'target' });
  });
  return false;
}
