/** Rows 44 and 45 of the fault table (spec/storage.md section 7): manifests in the store that say too little, or are none. */
import { expect, it } from 'vitest';
import { encodeManifest } from '../../src/model/encode.js';
import type { Manifest } from '../../src/model/manifest.js';
import { downloadOutputs } from '../../src/presets/download-outputs.js';
import { fetchOutputManifests } from '../../src/presets/list-outputs.js';
import { downloadInputManifest, downloadManifest } from '../../src/presets/stored-manifests.js';
import { filesBelow } from '../support/cli.js';
import { JOB } from '../support/outputs.js';
import { requireServer } from '../support/require-server.js';
import { CLIENTS, MIB, manifestFor, ROOT_PREFIX, recordedLog, SOAK, scratch, useS3 } from './support.js';

const FOLDER = `${ROOT_PREFIX}/Manifests/${JOB.farmId}/${JOB.queueId}/${JOB.jobId}`;
const KEY = `${FOLDER}/step-1/task-1/2026-01-01T00:00:00.000000Z_sessionaction-a-1/0123_output`;
const FILES = { 'out/a.exr': 'rendered' };

requireServer('versitygw')('a stored output manifest', () => {
  const s3 = useS3();
  const put = async (body: Uint8Array | string, userMetadata: Record<string, string>): Promise<void> => {
    const { client } = await s3.plain();
    await client.putObject(s3.bucket(), KEY, Buffer.from(body), { userMetadata });
  };

  it.each<[string, Record<string, string>]>([
    ['without metadata', {}],
    ['with an empty root', { 'asset-root': '' }],
    ['with broken JSON alone', { 'asset-root-json': '"/mnt/gr\\u00f6' }],
    ['with JSON that is no text alone', { 'asset-root-json': '{"root":1}' }],
  ])('fault 44: output manifest %s: MissingAssetRoot naming the key', async (_what, metadata) => {
    await put(encodeManifest(manifestFor(FILES)), metadata);
    for (const client of CLIENTS) {
      const store = await s3.store(client);
      const missing = {
        ...{ kind: 'MissingAssetRoot', code: 'MissingAssetRoot', key: KEY, bucket: s3.bucket() },
        message: expect.stringContaining(KEY),
      };
      await expect(downloadOutputs({ ...JOB, store })).rejects.toMatchObject(missing);
      await expect(fetchOutputManifests({ ...JOB, store })).rejects.toMatchObject(missing);
      await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject(missing);
    }
    // Not tried again, and no file was asked for; what a copied directory store keeps beside a manifest was.
    const asked = Array.from({ length: 6 }, () => [KEY, `${KEY}.metadata.json`]).flat();
    expect(s3.requests('GetObject').map(({ key }) => key)).toEqual(asked);
  });

  it.each(['"/mnt/gr\\u00f6', '{"root":1}', 'not JSON'])(
    'fault 44: output manifest with the broken JSON %j beside a root: fallback with warning',
    async (json) => {
      await s3.putObjects(...Object.values(FILES));
      const root = scratch();
      await put(encodeManifest(manifestFor(FILES)), { 'asset-root-json': json, 'asset-root': root });
      const { lines, log } = recordedLog();
      const store = await s3.store();
      const { stats } = await downloadOutputs({ ...JOB, store, log });
      expect(stats).toMatchObject({ processedFiles: 1, status: 'COMPLETE' });
      expect(filesBelow(root)).toEqual(FILES);
      const warned = lines.filter(({ level }) => level === 'warning');
      expect(warned).toEqual([{ level: 'warning', message: expect.stringMatching(/asset-root-json/) }]);
      expect(warned[0]?.message).toContain(KEY);
    },
  );

  const valid = Buffer.from(encodeManifest(manifestFor(FILES)));
  const latin1 = Buffer.from(valid.toString('utf8').replace('out/a', 'out/\u00e4'), 'latin1');
  it.each<[string, Uint8Array | string]>([
    ['not UTF-8', latin1],
    ['not JSON', 'no manifest'],
    ['HTML', '<!DOCTYPE html><html></html>'],
    ['empty', ''],
    ['cut off', valid.subarray(0, -10)],
    ['a list', '[]'],
    ['of an unknown version', valid.toString('utf8').replace('2023-03-03', '2031-01-01')],
    ['without a version', valid.toString('utf8').replace('manifestVersion', 'version')],
    ['deeply nested', '['.repeat(200_000)],
  ])('fault 45: manifest body %s: ManifestInvalid with key', async (_what, body) => {
    await put(body, { 'asset-root': scratch() });
    const store = await s3.store();
    const invalid = {
      ...{ kind: 'ManifestInvalid', code: 'ManifestInvalid', key: KEY, bucket: s3.bucket() },
      message: expect.stringContaining(KEY),
    };
    await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject(invalid);
    await expect(downloadOutputs({ ...JOB, store })).rejects.toMatchObject(invalid);
    const inputManifestPath = KEY.slice(`${ROOT_PREFIX}/Manifests/`.length);
    await expect(downloadInputManifest({ store, inputManifestPath })).rejects.toMatchObject(invalid);
    expect(s3.proxy().count('GetObject')).toBe(3);
  });

  const LARGE = SOAK ? 300 * MIB : 40 * MIB;
  it(`fault 45: manifest body of ${LARGE} bytes: works`, { timeout: 10 * 60_000 }, async () => {
    const { body, count } = largeManifest(LARGE);
    await put(body, { 'asset-root': '/mnt/root' });
    const found = await downloadManifest({ store: await s3.store(), key: KEY });
    expect(found).toMatchObject({ key: KEY, assetRoot: '/mnt/root', size: body.length });
    expect(pathsOf(found.manifest)).toEqual([count, pathOf(0), pathOf(count - 1)]);
  });
});

const pathOf = (n: number): string => `${String(n).padStart(9, '0')}/${'x'.repeat(180)}`;

/** A manifest of at least so many bytes, in the form that Python writes. */
function largeManifest(least: number): { body: Buffer; count: number } {
  const entry = (n: number): string =>
    `{"hash":"${String(n).padStart(32, '0')}","mtime":1700000000000000,"path":"${pathOf(n)}","size":1}`;
  const count = Math.ceil(least / (entry(0).length + 1));
  const pieces = [Buffer.from('{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[')];
  for (let n = 0; n < count; n += 1) pieces.push(Buffer.from((n === 0 ? '' : ',') + entry(n)));
  pieces.push(Buffer.from(`],"totalSize":${count}}`));
  return { body: Buffer.concat(pieces), count };
}

function pathsOf(manifest: Manifest): unknown[] {
  const { paths } = manifest as Extract<Manifest, { version: 'v2023-03-03' }>;
  return [paths.length, paths[0]?.path, paths.at(-1)?.path];
}
