/** Manifests of a million entries, and text longer than a string can be. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { createXxh128, xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import { encodeManifest, encodeManifestChunks } from '../../src/model/encode.js';
import { encodeV2023Stream } from '../../src/model/encode-v2023.js';
import type { Manifest, ManifestV2023, PathV2023 } from '../../src/model/manifest.js';

const COUNT = 1_000_000;
/** Far below the 119 MB of the text: what is gathered for one piece, and garbage not yet swept. */
const HEAP_CEILING = 48 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function entryAt(index: number): PathV2023 {
  const name = String(index).padStart(7, '0');
  return {
    path: `seq/${name.slice(0, 4)}/frame.${name}.exr`,
    hash: name.padStart(32, '0'),
    size: index,
    mtime: index,
  };
}

function* entries(): Generator<PathV2023> {
  for (let index = 0; index < COUNT; index++) yield entryAt(index);
}

/** Hash of the pieces, and by how much the heap grew at its highest while they were made. */
async function consume(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<{ hash: string; heap: number }> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const stream = createXxh128();
  let heap = 0;
  let count = 0;
  for await (const piece of pieces) {
    stream.update(piece);
    if (count++ % 100 !== 0) continue;
    collectGarbage();
    heap = Math.max(heap, process.memoryUsage().heapUsed - before);
  }
  return { hash: stream.digest(), heap };
}

describe('a million entries', () => {
  const paths = [...entries()];
  const manifest: ManifestV2023 = { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: 1, paths };

  it('v2023: all three encoders agree, pieces in little memory', { timeout: 300_000 }, async () => {
    const bytes = encodeManifest(manifest);
    const hash = xxh128(bytes);
    const chunks = await consume(encodeManifestChunks(manifest));
    const stream = await consume(encodeV2023Stream(entries(), 1));
    expect(chunks.hash).toBe(hash);
    expect(stream.hash).toBe(hash);
    expect(chunks.heap).toBeLessThan(HEAP_CEILING);
    expect(stream.heap).toBeLessThan(HEAP_CEILING);
    const decoded = decodeManifest(bytes) as ManifestV2023;
    expect(decoded.paths.length).toBe(COUNT);
    for (const index of [0, 1, 499_999, COUNT - 1]) expect(decoded.paths[index]).toEqual(paths[index]);
    expect(xxh128(encodeManifest(decoded))).toBe(hash);
  });

  it.each(['v2025-12-04-beta', 'v2025-12'] as const)(
    '%s: both encoders agree, and so does the decoder',
    { timeout: 300_000 },
    async (version) => {
      const large: Manifest = {
        version,
        pathStyle: 'relative',
        type: 'snapshot',
        hashAlg: 'xxh128',
        totalSize: 1,
        dirs: [],
        files: paths,
        fileChunkSizeBytes: 268_435_456,
      };
      const bytes = encodeManifest(large);
      const hash = xxh128(bytes);
      expect((await consume(encodeManifestChunks(large))).hash).toBe(hash);
      expect(xxh128(encodeManifest(decodeManifest(bytes)))).toBe(hash);
    },
  );
});

describe('text beyond the limit of a string', () => {
  it('is INVALID_JSON and names the size', { timeout: 120_000 }, () => {
    const bytes = new Uint8Array(540_000_000).fill(0x20);
    const decode = (): Manifest => decodeManifest(bytes);
    expect(decode).toThrowError(
      expect.objectContaining({ code: 'INVALID_JSON', message: expect.stringContaining('540000000') }),
    );
  });
});
