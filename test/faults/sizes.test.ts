/** Row 35 of the fault table (spec/storage.md section 7): files of exactly the sizes at which something else begins. */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planParts } from '../../src/model/part-plan.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { openStore } from '../../src/presets/open-store.js';
import { downloadManifest } from '../../src/presets/stored-manifests.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { fixtureDocument } from '../support/golden-files.js';
import { requireServer } from '../support/require-server.js';
import { MIB, SOAK, scratch, useS3 } from './support.js';
import { useNullS3 } from './support-null-s3.js';

/** Sizes that a golden file tells the chunks of: empty, and exactly, one byte below and one above each of these. */
const EDGES = [8, 16, 32, 80, 160, 256];
const SIZES = [0, ...EDGES.flatMap((mib) => [mib * MIB - 1, mib * MIB, mib * MIB + 1])];
/** What a real server stores in a few seconds. */
const SMALLER = SOAK ? SIZES : SIZES.filter((size) => size <= 32 * MIB + 1);

const CHUNKS = new Map(
  (fixtureDocument('storage/part_plan.json')['cases'] as { size: number; chunks256MiB: number }[]).map(
    ({ size, chunks256MiB }) => [size, chunks256MiB],
  ),
);
const CHUNK = 256 * MIB;

/** Sparse files of these sizes, each with its own beginning. */
function treeOfSizes(sizes: readonly number[]): string {
  const root = scratch();
  for (const size of sizes) {
    const fd = openSync(join(root, nameOfSize(size)), 'w');
    if (size > 0) writeSync(fd, `${size}`);
    ftruncateSync(fd, size);
    closeSync(fd);
  }
  return root;
}

const nameOfSize = (size: number): string => String(size).padStart(12, '0');
const partsOf = (size: number): number => planParts(size)?.parts ?? 0;
const wholeOnes = (objects: readonly number[]): number =>
  objects.filter((size) => partsOf(size) === 0).length;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** Sizes of the objects that hold a file. */
function objectsOf(size: number, chunk: number): number[] {
  const count = Math.max(1, Math.ceil(size / chunk));
  return Array.from({ length: count }, (_, index) => Math.min(chunk, size - index * chunk));
}

const minutes = { timeout: (SOAK ? 30 : 5) * 60_000 };

requireServer('versitygw')('a real server', () => {
  const s3 = useS3();

  it(
    `fault 35: empty file, and files around the edges up to ${SMALLER.at(-1)} bytes: right route, one object each, and back`,
    minutes,
    async () => {
      const root = treeOfSizes(SMALLER);
      const store = await s3.store();
      const { uploadStats, manifestKey = '' } = await submitTree({ root, store });
      expect(uploadStats).toMatchObject({ processedFiles: SMALLER.length, processedBytes: sum(SMALLER) });
      const { manifest } = await downloadManifest({ store, key: manifestKey });
      const entries = manifest.version === 'v2023-03-03' ? manifest.paths : [];
      expect(entries.map(({ path, size }) => [path, size])).toEqual(
        SMALLER.map((size) => [nameOfSize(size), size]),
      );
      expect(s3.objects()).toEqual(entries.map(({ hash }) => `${hash}.xxh128`).sort());
      expect(s3.tornObjects()).toEqual([]);
      expect(await s3.uploads()).toEqual([]);
      const requestsFor = (hash: string): Record<string, number> => {
        const about = s3.proxy().requests.filter(({ key }) => key.endsWith(`/${hash}.xxh128`));
        return Object.fromEntries(
          ['PutObject', 'CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload', 'GetObject'].map(
            (name) => [name, about.filter(({ operation }) => operation === name).length],
          ),
        );
      };
      for (const { hash, size } of entries) {
        const parts = partsOf(size);
        const route = parts === 0 ? [1, 0, 0, 0, 0] : [0, 1, parts, 1, 0];
        expect({ size, route: Object.values(requestsFor(hash)) }).toEqual({ size, route });
      }

      const target = scratch();
      const stats = await downloadManifestContents({ manifest, root: target, store });
      expect(stats).toMatchObject({ processedFiles: SMALLER.length, processedBytes: sum(SMALLER) });
      expect(await createManifest({ root: target })).toEqual(manifest);
      for (const { hash, size } of entries) {
        const gets = size === 0 ? 0 : size <= 32 * MIB ? 1 : Math.ceil(size / (16 * MIB));
        expect({ size, gets: requestsFor(hash)['GetObject'] }).toEqual({ size, gets });
      }
    },
  );
});

requireServer('null-s3')('a sink', () => {
  const sink = useNullS3();

  it.each([
    ['v2023-03-03', Number.MAX_SAFE_INTEGER],
    ['v2025-12', CHUNK],
  ] as const)(
    'fault 35: files of exactly 8 to 256 MiB and one byte around them: objects, parts and chunks (%s)',
    minutes,
    async (manifestVersion, chunk) => {
      await sink().reset();
      const root = treeOfSizes(SIZES);
      const store = await openStore('s3://bucket/root', { s3: sink().settings() });
      const { uploadStats } = await submitTree({ root, store, manifestVersion });
      expect(uploadStats).toMatchObject({ processedFiles: SIZES.length, processedBytes: sum(SIZES) });
      const objects = SIZES.flatMap((size) => objectsOf(size, chunk));
      const counts = await sink().counts();
      expect(counts).toMatchObject({ put: wholeOnes(objects) + 1, part: sum(objects.map(partsOf)) });
      const stored: number[] = [];
      for await (const page of store.client.listObjects('bucket', 'root/Data/'))
        stored.push(...page.map(({ size }) => size));
      // Chunks of the same content are one object.
      expect(stored.sort((a, b) => a - b)).toEqual(objects.sort((a, b) => a - b));
      await store.close();
    },
  );

  it('fault 35: chunk counts are those of part_plan.json', minutes, async () => {
    const sizes = [...CHUNKS.keys()].filter((size) => size <= 2 * CHUNK + 1);
    const manifest = await createManifest({ root: treeOfSizes(sizes), version: 'v2025-12' });
    const files = manifest?.version === 'v2025-12' ? manifest.files : [];
    expect(files.map(({ size = -1, chunkhashes }) => [size, chunkhashes?.length ?? 1])).toEqual(
      sizes.sort((a, b) => a - b).map((size) => [size, CHUNKS.get(size)]),
    );
  });
});
