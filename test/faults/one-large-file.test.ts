/**
 * Row 37 of the fault table (spec/storage.md section 7): one file that is far larger than memory. In full it is sparse
 * and goes to a sink; shortened, the same. What is sent again is seen at a real server.
 */
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { PART_LIMITS, planParts } from '../../src/model/part-plan.js';
import { LIMIT_DEFAULTS } from '../../src/pipeline/context.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { Sandbox } from '../support/cli.js';
import { noise } from '../support/contents.js';
import { cutRequest } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import { internalError } from '../support/s3-faults.js';
import { CLIENTS, MIB, PART, SOAK, treeOf, useS3 } from './support.js';
import { useNullS3 } from './support-null-s3.js';
import { canWatch, type Watched, watched } from './support-process.js';

const LARGE = SOAK ? 100_000_000_000 : 700 * MIB;
const CHUNK = 256 * MIB;
/** What the process takes beside its buffers, above a run with one small file: code that is warm, and garbage. */
const BESIDE = 96 * MIB;

/** A sparse file whose chunks all differ. */
function sparseFile(path: string, size: number): void {
  const fd = openSync(path, 'w');
  for (let at = 0; at < size; at += CHUNK) writeSync(fd, `chunk at ${at}`, at);
  ftruncateSync(fd, size);
  closeSync(fd);
}

requireServer('null-s3')('a sink', () => {
  const sink = useNullS3();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());

  async function submit(name: string, version: string): Promise<Watched> {
    await sink().reset();
    const args = ['submit', name, '--store', 's3://bucket/root', '--s3-endpoint-url', sink().endpoint];
    const child = sandbox.start(
      [...args, '--manifest-version', version, '--no-cache', '--json', '--progress', 'none'],
      {
        env: sink().env(),
      },
    );
    const run = await watched(child);
    expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: '' });
    return run;
  }

  it.each(['v2023-03-03', 'v2025-12'] as const)(
    `fault 37: one file of ${LARGE} bytes: at most 10,000 parts, memory within maxInFlightBytes (%s)`,
    { timeout: (SOAK ? 90 : 5) * 60_000 },
    async (version) => {
      sandbox.tree('small', { file: 'x' });
      sandbox.tree('large', { none: '' });
      sparseFile(sandbox.join('large', 'none'), LARGE);
      const baseline = await submit('small', version);
      const run = await submit('large', version);
      expect(JSON.parse(run.stdout).stats.upload).toMatchObject({
        processed_files: 1,
        processed_bytes: LARGE,
      });
      const sizes = version === 'v2025-12' ? chunksOf(LARGE) : [LARGE];
      const parts = sizes.map((size) => planParts(size)?.parts ?? 0);
      expect(Math.max(...parts)).toBeLessThanOrEqual(PART_LIMITS.maxParts);
      const { part, put, putBytes } = await sink().counts();
      expect(part).toBe(parts.reduce((sum, each) => sum + each, 0));
      expect(put).toBe(1 + parts.filter((each) => each === 0).length);
      expect(putBytes).toBeGreaterThanOrEqual(LARGE);
      expect(putBytes).toBeLessThan(LARGE + MIB); // each byte once, and the manifest
      if (canWatch) {
        const more = (run.peakBytes - baseline.peakBytes) / MIB;
        console.log(
          `fault 37, ${version}, ${LARGE} bytes: ${Math.round(more)} MiB above ${Math.round(baseline.peakBytes / MIB)} MiB`,
        );
        expect(more).toBeLessThan((LIMIT_DEFAULTS.maxInFlightBytes + BESIDE) / MIB);
      }
    },
  );

  it('fault 37: part plans from 33 MiB to 5 TiB have at most 10,000 parts that S3 takes', () => {
    for (let size = 33 * MIB; size <= 5 * 1024 * 1024 * MIB; size = Math.floor(size * 1.7) + 1) {
      const plan = planParts(size);
      expect(plan?.parts).toBeLessThanOrEqual(PART_LIMITS.maxParts);
      expect(plan?.partSizeBytes).toBeGreaterThanOrEqual(PART_LIMITS.minPartBytes);
      expect(plan?.partSizeBytes).toBeLessThanOrEqual(PART_LIMITS.maxPartBytes);
      expect(((plan?.parts ?? 0) - 1) * (plan?.partSizeBytes ?? 0) + (plan?.lastPartBytes ?? 0)).toBe(size);
    }
  });
});

function chunksOf(size: number): number[] {
  return Array.from({ length: Math.ceil(size / CHUNK) }, (_, index) => Math.min(CHUNK, size - index * CHUNK));
}

requireServer('versitygw')('a real server', () => {
  const s3 = useS3();

  it.each(CLIENTS)('fault 37: a failed part is resent alone (%s)', async (client) => {
    const content = noise(8 * PART - 1, 1);
    const root = treeOf({ large: content });
    const rule = { match: { operation: 'UploadPart' as const, query: { partNumber: '3' } } };
    s3.proxy().inject({ ...rule, fault: cutRequest(MIB) });
    s3.proxy().inject({ ...rule, fault: internalError() });
    const store = await s3.store(client, { partSizeBytes: PART });
    const { uploadStats } = await submitTree({ root, store });
    expect(uploadStats).toMatchObject({ processedFiles: 1, processedBytes: content.length });
    const sent = s3.requests('UploadPart').map(({ query }) => query.get('partNumber'));
    expect(sent.sort()).toEqual(['1', '2', '3', '3', '3', '4', '5', '6', '7', '8']);
    expect(s3.proxy().count('CreateMultipartUpload')).toBe(1);
    expect(s3.proxy().count('AbortMultipartUpload')).toBe(0);
    expect(s3.objects()).toHaveLength(1);
    expect(s3.tornObjects()).toEqual([]);
    expect(await s3.uploads()).toEqual([]);
  });

  it.each(CLIENTS)('fault 37: a failed chunk is resent alone (%s)', async (client) => {
    const chunkSizeBytes = 2 * MIB;
    const root = treeOf({ large: noise(10 * chunkSizeBytes - 1, 2) });
    s3.proxy().inject({
      match: { operation: 'PutObject', key: /\/Data\// },
      skip: 4,
      fault: cutRequest(MIB),
    });
    s3.proxy().inject({
      match: { operation: 'PutObject', key: /\/Data\// },
      skip: 5,
      fault: internalError(),
    });
    const store = await s3.store(client);
    const request = { root, store, manifestVersion: 'v2025-12', chunkSizeBytes } as const;
    const { uploadStats } = await submitTree(request);
    expect(uploadStats).toMatchObject({ totalFiles: 1, processedFiles: 1 });
    expect(s3.objects()).toHaveLength(10);
    expect(s3.tornObjects()).toEqual([]);
    const keys = s3
      .requests('PutObject')
      .map(({ key }) => key)
      .filter((key) => key.includes('/Data/'));
    expect([keys.length, new Set(keys).size]).toEqual([12, 10]);
    expect(s3.manifests()).toHaveLength(1);
  });
});
