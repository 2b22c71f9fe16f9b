/** Paths as the file system takes them. */

const LONE_SURROGATE = /[\uD800-\uDFFF]/u;

/**
 * `path` for a call of `node:fs`. A name byte that is not UTF-8 is a lone surrogate U+DC80 to
 * U+DCFF in our strings (spec/storage.md 5.2); Node would replace it, and open another file.
 */
export function fsPath(path: string): string | Buffer {
  if (!LONE_SURROGATE.test(path)) return path;
  const parts: Buffer[] = [];
  for (const char of path) {
    const code = char.charCodeAt(0);
    const escaped = char.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(escaped ? Buffer.of(code - 0xdc00) : Buffer.from(char));
  }
  return Buffer.concat(parts);
}
