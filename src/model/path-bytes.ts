/**
 * Names that are not valid UTF-8. A byte 0x80 to 0xFF that decodes to nothing travels as a
 * lone surrogate U+DC80 to U+DCFF, as in Python (spec/storage.md 5.2 and section 7).
 */

const FOREIGN_SURROGATE = /[\ud800-\udc7f\udd00-\udfff]/u;

/** True when `path` has a lone surrogate that stands for no byte: no file can have this name. */
export function isUnspeakable(path: string): boolean {
  return !path.isWellFormed() && FOREIGN_SURROGATE.test(path);
}

/** The bytes of `path` when it holds escaped bytes; `undefined` for the usual path, which the system takes as text. */
export function pathBytes(path: string): Uint8Array | undefined {
  if (path.isWellFormed()) return undefined; // a regular expression takes ten times as long
  const encoder = new TextEncoder();
  const bytes: number[] = [];
  for (const char of path) {
    const code = char.charCodeAt(0);
    if (char.length === 1 && code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else bytes.push(...encoder.encode(char));
  }
  return Uint8Array.from(bytes);
}

/** Bytes of a name in UTF-8, escaped bytes counting one each. */
export function nameLength(name: string): number {
  return pathBytes(name)?.length ?? utf8Length(name);
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4;
      at += 1;
    } else bytes += 3;
  }
  return bytes;
}
