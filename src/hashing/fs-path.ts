/** Paths as the file system takes them. */
import { pathBytes } from '../model/path-bytes.js';

/** `path` for a call of `node:fs`: bytes where a name is not UTF-8, which Node would replace, and open another file. */
export function fsPath(path: string): string | Buffer {
  const bytes = pathBytes(path);
  return bytes ? Buffer.from(bytes.buffer) : path;
}
