/**
 * Where the parts of an upload come from: bytes in memory, or a file that is read once, in
 * order, and must not change meanwhile (spec/storage.md 3.4). Knows no store.
 */
import { fileChanged, fillFrom, type SourceRequest, withSource } from './source-file.js';

/** Gives the bytes at `offset` of the body. They stand in `buffer` where the source needs one; it is asked for no sooner. */
export type ReadPart = (offset: number, length: number, buffer: () => Uint8Array) => Promise<Uint8Array>;

export interface PartSource {
  readonly size: number;
  /** The local file, where there is one. */
  readonly path?: string;
  /** Runs `work` on the open source; `FileChanged` when a file is not the same afterwards. */
  reading<T>(signal: AbortSignal, work: (read: ReadPart) => Promise<T>): Promise<T>;
}

export function bytesSource(data: Uint8Array): PartSource {
  return {
    size: data.length,
    reading: (_signal, work) => work(async (offset, length) => data.subarray(offset, offset + length)),
  };
}

/** `range` of a file, or the whole of it, which then must have `size` bytes. */
export function fileSource(
  { operation, path, range }: Pick<SourceRequest, 'operation' | 'path' | 'range'>,
  size: number,
): PartSource {
  const from = range?.offset ?? 0;
  return {
    size,
    path,
    reading: (signal, work) => {
      const request = { operation, path, signal };
      return withSource(request, (handle, stats) => {
        const fits = range ? from + size <= stats.size : size === stats.size;
        if (!fits) throw fileChanged(request, `it has ${stats.size} bytes, and ${from + size} were expected`);
        return work(async (offset, length, take) => {
          const buffer = take().subarray(0, length);
          await fillFrom(handle, buffer, from + offset, request);
          return buffer;
        });
      });
    },
  };
}
