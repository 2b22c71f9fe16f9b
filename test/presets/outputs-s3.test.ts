/** Manifests, outputs and single objects over a real S3 server: metadata, types, tags and pages as it gives them back. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectS3 } from '../../src/backends/s3/connection.js';
import type { S3Client } from '../../src/backends/s3/s3-client.js';
import { createS3DirectClient } from '../../src/backends/s3-direct.js';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { legacyCasKey } from '../../src/model/s3-location.js';
import { casObjectExists } from '../../src/presets/cas-object.js';
import { downloadFile } from '../../src/presets/download-file.js';
import { downloadOutputs } from '../../src/presets/download-outputs.js';
import { listOutputManifests } from '../../src/presets/list-outputs.js';
import { type Store, storeOf } from '../../src/presets/store.js';
import { downloadInputManifest, downloadManifest } from '../../src/presets/stored-manifests.js';
import { uploadFile } from '../../src/presets/upload-file.js';
import { uploadInputManifest, uploadOutputManifest } from '../../src/presets/upload-manifests.js';
import { filesBelow } from '../support/cli.js';
import { noise, v2023 } from '../support/contents.js';
import { IDS, JOB } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const base = tempDir('outputs-s3');
const fresh = (): string => mkdtempSync(join(base, 'case-'));
const entry = (path: string, content: string | Buffer) => {
  const bytes = Buffer.from(content);
  return { path, hash: xxh128(bytes), size: bytes.length, mtime: 1_700_000_000_000_001 };
};

requireServer('versitygw')('over S3', () => {
  const server = useVersity();
  let client: S3Client;
  beforeAll(async () => {
    client = createS3DirectClient(await connectS3(server().settings()), { xxh128: hasher });
  });
  afterAll(() => client.close());
  const newStore = (): Store =>
    storeOf(client, { bucket: server().newBucket(), rootPrefix: 'studio/show 01' });

  it.each(['/mnt/proj', '/projekte/größe/🎬', 'C:\\proj\\a "b"', ' /with spaces '])(
    'a manifest of %j comes back with its root',
    async (assetRoot) => {
      const store = newStore();
      const manifest = v2023([entry('été/🎬.txt', 'x')]);
      const request = { ...IDS, store, manifest, assetRoot, fileSystemLocationName: 'Lager 1' };
      const { key, inputManifestPath, inputManifestHash } = await uploadInputManifest(request);
      const expected = {
        key,
        manifest,
        hash: inputManifestHash,
        assetRoot,
        fileSystemLocationName: 'Lager 1',
      };
      expect(await downloadManifest({ store, key })).toMatchObject(expected);
      expect(await downloadInputManifest({ store, inputManifestPath, inputManifestHash })).toMatchObject(
        expected,
      );
      const { data, head } = await client.getObject(store.location.bucket, key);
      expect(Buffer.from(data).equals(encodeManifest(manifest))).toBe(true);
      expect(head.contentType).toBe('application/x-deadline-manifest-2023-03-03');
    },
  );

  it('outputs are listed, selected and downloaded', { timeout: 60_000 }, async () => {
    const store = newStore();
    const root = join(fresh(), 'out');
    for (const text of ['old', 'new', 'step'])
      await uploadFile({ store, source: { bytes: Buffer.from(text) } });
    const write = (
      stepId: string,
      taskId: string | undefined,
      startTime: number,
      path: string,
      text: string,
    ) =>
      uploadOutputManifest({
        ...{ ...IDS, store, assetRoot: root, manifest: v2023([entry(path, text)]) },
        action: {
          jobId: JOB.jobId,
          stepId,
          taskId,
          sessionActionId: `sessionaction-a-${startTime}`,
          startTime,
        },
      });
    for (let run = 0; run < 30; run += 1)
      await write('step-1', 'task-1', run, 'f', run === 29 ? 'new' : 'old');
    await write('step-2', undefined, 7, 'g', 'step');
    const listed = await listOutputManifests({ ...JOB, store });
    expect(listed.map(({ sessionActionId }) => sessionActionId)).toEqual([
      'sessionaction-a-29',
      'sessionaction-a-7',
    ]);
    for (const { lastModified } of listed)
      expect(Math.abs(Date.now() / 1000 - (lastModified ?? 0))).toBeLessThan(60);
    const { stats } = await downloadOutputs({ ...JOB, store });
    expect(stats).toMatchObject({ processedFiles: 2, status: 'COMPLETE' });
    expect(filesBelow(root)).toEqual({ f: 'new', g: 'step' });
    const one = { ...JOB, store, stepId: 'step-1', taskId: 'task-1', sessionActionId: 'sessionaction-a-2' };
    expect(await listOutputManifests(one)).toHaveLength(1);
    expect(await listOutputManifests({ ...JOB, jobId: 'job-12', store })).toEqual([]);
  });

  it('objects go in and out, by file, range, offset and memory', async () => {
    const store = newStore();
    const content = noise(300_000, 3);
    const path = join(fresh(), 'source');
    writeFileSync(path, content);
    const part = content.subarray(1000, 201_000);
    const whole = await uploadFile({ store, source: { path } });
    const range = await uploadFile({ store, source: { path, offset: 1000, length: 200_000 } });
    expect([whole.outcome, range.outcome]).toEqual(['sent', 'sent']);
    expect(await uploadFile({ store, source: { bytes: content } })).toMatchObject({ outcome: 'skipped' });
    expect(await casObjectExists({ store, hash: range.hash, size: 200_000 })).toBe(true);
    expect(await casObjectExists({ store, hash: range.hash, size: 1 })).toBe(false);
    const target = join(fresh(), 'target');
    expect(await downloadFile({ store, ...whole, target: { path: target } })).toMatchObject({ path: target });
    expect(readFileSync(target).equals(content)).toBe(true);
    await downloadFile({ store, ...range, target: { path: target, offset: 50_000 } });
    expect(readFileSync(target).subarray(50_000, 250_000).equals(part)).toBe(true);
    const { bytes } = await downloadFile({ store, ...range, target: 'memory' });
    expect(Buffer.from(bytes).equals(part)).toBe(true);
  });

  it('an object of old releases is found, an absent one is not', async () => {
    const store = newStore();
    const content = Buffer.from('legacy key');
    const request = { store, hash: xxh128(content), size: content.length, target: 'memory' } as const;
    await expect(downloadFile(request)).rejects.toMatchObject({ kind: 'NotFound', httpStatus: 404 });
    await client.putObject(store.location.bucket, legacyCasKey(store.location, request.hash), content);
    expect(Buffer.from((await downloadFile(request)).bytes).equals(content)).toBe(true);
  });
});
