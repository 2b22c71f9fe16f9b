/** Paths as the hash caches store them: UTF-8 with lone surrogates encoded (spec/storage.md 5.2). Pure. */

/** Bytes of `path`; a lone surrogate becomes three bytes `ED xx xx`, as in Python's "surrogatepass". */
export function pathBlob(path: string): Buffer {
  if (!hasLoneSurrogate(path)) return Buffer.from(path, 'utf8');
  return Buffer.concat(
    Array.from(path, (char) => (hasLoneSurrogate(char) ? surrogateBytes(char) : Buffer.from(char))),
  );
}

/** Whether a column of type text could not hold `path`. */
export function hasLoneSurrogate(path: string): boolean {
  return !path.isWellFormed();
}

function surrogateBytes(char: string): Buffer {
  const code = char.charCodeAt(0);
  return Buffer.of(0xed, 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
}
