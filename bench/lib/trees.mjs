// Trees of files with pseudo-random content, the same at every run.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** xorshift32: fast, and every byte of it varies. */
function randomWords(seed) {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function randomBytes(length, next) {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let at = 0; at < words.length; at += 1) words[at] = next();
  return Buffer.from(words.buffer, 0, length);
}

/** `count` files of `minBytes` to `maxBytes`, 100 to a directory, 20 directories to another. */
export function smallFiles(root, count, minBytes, maxBytes) {
  const next = randomWords(count);
  for (let file = 0; file < count; file += 1) {
    const directory = join(
      root,
      `d${String(Math.floor(file / 2000)).padStart(3, '0')}`,
      `s${String(Math.floor(file / 100)).padStart(4, '0')}`,
    );
    if (file % 100 === 0) mkdirSync(directory, { recursive: true });
    const length = minBytes + (next() % (maxBytes - minBytes + 1));
    writeFileSync(join(directory, `file_${String(file).padStart(6, '0')}.bin`), randomBytes(length, next));
  }
}

/** `count` files of `bytes` each. */
export function largeFiles(root, count, bytes) {
  mkdirSync(root, { recursive: true });
  for (let file = 0; file < count; file += 1) {
    const next = randomWords(2 * file + 77); // an even seed would give what the odd one before it gives
    const handle = openSync(join(root, `large_${file}.bin`), 'w');
    for (let done = 0; done < bytes; done += 1 << 24)
      writeSync(handle, randomBytes(Math.min(1 << 24, bytes - done), next));
    closeSync(handle);
  }
}
