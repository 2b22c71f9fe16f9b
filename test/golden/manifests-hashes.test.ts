/** Digests of the Python library against both implementations, and through files and threads. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { loadNativeXxh128 } from '../../src/hashing/native-xxh128.js';
import { createHashPool } from '../../src/hashing/pool.js';
import { loadWasmXxh128 } from '../../src/hashing/wasm-xxh128.js';
import { type ByteSource, bytesOf } from '../support/fixture-bytes.js';
import { golden } from '../support/golden.js';
import { tempDir } from '../support/temp-dir.js';

const implementations = [loadNativeXxh128(), await loadWasmXxh128()];
const dir = tempDir('golden-hashes');
const pool = createHashPool({ threads: 1 });
afterAll(() => pool.close());

async function hashesOfFile(bytes: Uint8Array, chunkSizeBytes: number): Promise<readonly string[]> {
  const path = join(dir, 'file');
  writeFileSync(path, bytes);
  const [outcome] = await pool.hashFiles([{ path, chunkSizeBytes, keepBody: true }]);
  if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
  expect(Buffer.compare(outcome.file.body ?? new Uint8Array(1), bytes)).toBe(0);
  expect(outcome.file.size).toBe(bytes.length);
  return outcome.file.hashes;
}

interface HashCase {
  readonly input: ByteSource;
  readonly byteLength: number;
  readonly xxh128: string;
}
golden<HashCase>('manifests/hashes.json', async ({ input, byteLength, xxh128 }) => {
  const bytes = bytesOf(input);
  expect(bytes).toHaveLength(byteLength);
  expect(implementations.map((hash) => hash.oneShot(bytes))).toEqual([xxh128, xxh128]);
  expect(await hashesOfFile(bytes, -1)).toEqual([xxh128]);
});

interface StreamingCase {
  readonly input: ByteSource;
  readonly pieces: readonly number[];
  readonly xxh128: string;
}
golden<StreamingCase>('manifests/hashes-streaming.json', ({ input, pieces, xxh128 }) => {
  const bytes = bytesOf(input);
  for (const hash of implementations) {
    const stream = hash.create();
    let at = 0;
    for (const piece of pieces) {
      stream.update(bytes.subarray(at, at + piece));
      at += piece;
    }
    stream.update(bytes.subarray(at));
    expect(stream.digest()).toBe(xxh128);
    expect(stream.digest()).toBe(xxh128);
  }
});

interface ChunkedCase {
  readonly input: ByteSource;
  readonly chunkSize: number;
  readonly chunkCount: number;
  readonly chunkhashes: readonly string[];
  readonly hash: string;
  readonly expectedField: 'hash' | 'chunkhashes';
}
golden<ChunkedCase>('manifests/hashes-chunked.json', async (testCase) => {
  const { input, chunkSize, chunkCount, chunkhashes, hash, expectedField } = testCase;
  const bytes = bytesOf(input);
  const hashes = await hashesOfFile(bytes, chunkSize);
  // The empty file has no chunk, and one hash.
  expect(hashes).toEqual(chunkCount === 0 ? [hash] : chunkhashes);
  expect(chunkhashes).toHaveLength(chunkCount);
  expect(hashes.length > 1 ? 'chunkhashes' : 'hash').toBe(expectedField);
  expect(await hashesOfFile(bytes, -1)).toEqual([hash]);
  const ranges = chunkhashes.map((_, i) => [
    i * chunkSize,
    Math.min(chunkSize, bytes.length - i * chunkSize),
  ]);
  const path = join(dir, 'file');
  expect(await Promise.all(ranges.map(([from = 0, size = 0]) => pool.hashRange(path, from, size)))).toEqual(
    chunkhashes,
  );
});
