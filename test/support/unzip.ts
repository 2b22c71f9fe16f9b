/** Reads a ZIP archive by its central directory, for tests; independent of the writer. */
import { readFileSync } from 'node:fs';
import { crc32, inflateRawSync } from 'node:zlib';

export interface Unzipped {
  readonly content: Buffer;
  /** Mode of a file on POSIX. */
  readonly mode: number;
}

/** Entries by name, in their order. Throws where header, directory and content do not agree. */
export function unzip(path: string): Map<string, Unzipped> {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06'));
  const count = bytes.readUInt16LE(end + 10);
  const entries = new Map<string, Unzipped>();
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== 0x02014b50) throw new Error(`no central header at ${at}`);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength);
    entries.set(name, { content: contentOf(bytes, at, name), mode: bytes.readUInt32LE(at + 38) >>> 16 });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  if (at !== bytes.readUInt32LE(end + 16) + bytes.readUInt32LE(end + 12)) throw new Error('directory size');
  return entries;
}

function contentOf(bytes: Buffer, central: number, name: string): Buffer {
  const local = bytes.readUInt32LE(central + 42);
  if (bytes.readUInt32LE(local) !== 0x04034b50) throw new Error(`no local header of ${name}`);
  // Version, flags, method and time stand in both; sizes and checksum may follow the content instead.
  if (!bytes.subarray(local + 4, local + 14).equals(bytes.subarray(central + 6, central + 16))) {
    throw new Error(`the headers of ${name} differ`);
  }
  const begin = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = inflateRawSync(bytes.subarray(begin, begin + bytes.readUInt32LE(central + 20)));
  if (content.length !== bytes.readUInt32LE(central + 24)) throw new Error(`size of ${name}`);
  if (crc32(content) !== bytes.readUInt32LE(central + 16)) throw new Error(`checksum of ${name}`);
  return content;
}
