import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFaults } from '../../src/backends/faults.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { ManifestError } from '../../src/model/errors.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { downloadInputManifest, downloadManifest } from '../../src/presets/stored-manifests.js';
import { uploadInputManifest } from '../../src/presets/upload-manifests.js';
import { LOCATION, testStore, v2023, v2025 } from '../support/contents.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';
import { IDS, STORES } from '../support/outputs.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('stored-manifests');
const entry = { path: 'a', hash: '0'.repeat(32), size: 1, mtime: 2 };
const manifest = v2023([entry]);
const KEY = 'root/Manifests/some/key_output';

async function stored(body: Uint8Array, userMetadata: Record<string, string> = { 'asset-root': '/a' }) {
  const store = testStore();
  await store.inner.putObject(LOCATION.bucket, KEY, body, { userMetadata, contentType: 'text/html' });
  return store;
}

describe.each(STORES)('over %s', (_kind, open) => {
  it.each([
    ['v2023', manifest, 'application/x-deadline-manifest-2023-03-03'],
    ['v2025', v2025([entry]), 'application/x-deadline-manifest-2025-12-04-beta'],
    ['v2025 diff', v2025([entry], { type: 'diff' }), 'application/x-deadline-manifest-diff-2025-12-04-beta'],
  ])('reads what was stored, type and all: %s', async (_what, given, contentType) => {
    const store = testStore(undefined, await open(mkdtempSync(join(base, 'store-'))));
    const assetRoot = '/projekte/größe 🎬';
    const request = { ...IDS, store, manifest: given, assetRoot, fileSystemLocationName: 'Lager' };
    const { key, inputManifestPath, inputManifestHash } = await uploadInputManifest(request);
    expect(key).toBe(`root/Manifests/${inputManifestPath}`);
    const head = await store.inner.headObject(LOCATION.bucket, key);
    expect(head?.contentType).toBe(contentType);
    const bytes = encodeManifest(given);
    const expected = {
      key,
      hash: inputManifestHash,
      size: bytes.length,
      lastModified: head?.lastModified,
      assetRoot,
      fileSystemLocationName: 'Lager',
    };
    store.meter.reset();
    expect(await downloadManifest({ store, key })).toMatchObject({ ...expected, manifest: { totalSize: 1 } });
    expect(store.meter.totals()).toMatchObject({ calls: 1, bytes: bytes.length }); // one GET has all of it
    expect(await downloadInputManifest({ store, inputManifestPath, inputManifestHash })).toMatchObject(
      expected,
    );
    expect(xxh128(bytes)).toBe(inputManifestHash);
  });
});

describe('downloadManifest', () => {
  it.each([
    ['no metadata', {}],
    ['an empty root', { 'asset-root': '' }],
    ['only a location', { 'file-system-location-name': 'P' }],
  ])('rejects with MissingAssetRoot for %s, naming bucket and key', async (_what, metadata) => {
    const store = await stored(encodeManifest(manifest), metadata);
    await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject({
      ...{ kind: 'MissingAssetRoot', bucket: 'bucket', key: KEY },
      message: expect.stringMatching(/"bucket".*key_output/),
      hint: expect.stringContaining('asset root'),
    });
  });

  it('finds the root in the sidecar that a copied directory store has brought along', async () => {
    const body = encodeManifest(manifest);
    const store = await stored(body, {});
    const sidecar = { size: body.length, userMetadata: { 'asset-root': '/projekte' } };
    const put = (content: unknown) =>
      store.inner.putObject('bucket', `${KEY}.metadata.json`, Buffer.from(JSON.stringify(content)));
    await put({ ...sidecar, size: 1 }); // of an object that was replaced since
    await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject({ kind: 'MissingAssetRoot' });
    await put(sidecar);
    expect(await downloadManifest({ store, key: KEY })).toMatchObject({ assetRoot: '/projekte' });
  });

  it.each([
    ['AccessDenied', 'MissingAssetRoot'],
    ['ServiceError', 'ServiceError'],
  ] as const)('a sidecar that %s keeps from being read: %s', async (kind, expected) => {
    const inner = memoryStore();
    await inner.putObject('bucket', KEY, encodeManifest(manifest));
    const faulty = withFaults(inner, ({ key }) =>
      key === KEY ? undefined : { kind: 'before', error: failure(kind) },
    );
    const store = testStore(undefined, faulty);
    await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject({ kind: expected });
  });

  it('falls back with a warning where the JSON is broken', async () => {
    const store = await stored(encodeManifest(manifest), {
      'asset-root': '/x',
      'asset-root-json': 'not json',
    });
    const warnings: string[] = [];
    const log = (level: string, message: string): void => void warnings.push(`${level}: ${message}`);
    expect(await downloadManifest({ store, key: KEY, log })).toMatchObject({ assetRoot: '/x' });
    expect(warnings).toEqual([expect.stringMatching(/^warning: asset-root-json of .*key_output/)]);
  });

  it.each([
    ['not UTF-8', Buffer.of(0xff, 0xfe, 0x00), 'INVALID_ENCODING'],
    ['not JSON', Buffer.from('<html>'), 'INVALID_JSON'],
    ['of an unknown version', Buffer.from('{"manifestVersion":"2099-01-01"}'), 'UNKNOWN_VERSION'],
    ['empty', Buffer.alloc(0), 'INVALID_JSON'],
  ])('rejects a body that is %s with ManifestInvalid, its cause and the key', async (_what, body, code) => {
    const store = await stored(body);
    const failed: unknown = await downloadManifest({ store, key: KEY }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ kind: 'ManifestInvalid', bucket: 'bucket', key: KEY, cause: { code } });
    expect((failed as Error).cause).toBeInstanceOf(ManifestError);
  });

  it('says of an absent one what that may mean', async () => {
    const store = testStore();
    await expect(downloadManifest({ store, key: KEY })).rejects.toMatchObject({
      ...{ kind: 'NotFound', bucket: 'bucket', key: KEY, httpStatus: 404 },
      message: `bucket "bucket": manifest "${KEY}": there is no such manifest`,
      hint: expect.stringContaining('job may be older'),
    });
  });

  it('ends when it is cancelled', async () => {
    const store = await stored(encodeManifest(manifest));
    const request = { store, key: KEY, signal: AbortSignal.abort() };
    await expect(downloadManifest(request)).rejects.toBeInstanceOf(CancelledError);
  });

  it('reads a manifest of more than 20 MB', { timeout: 60_000 }, async () => {
    const paths = Array.from({ length: 250_000 }, (_, index) => ({
      ...entry,
      path: `seq/${String(index).padStart(7, '0')}.exr`,
      hash: String(index).padStart(32, '0'),
    }));
    const store = await stored(encodeManifest(v2023(paths)));
    const { manifest: read, size } = await downloadManifest({ store, key: KEY });
    expect(size).toBeGreaterThan(20_000_000);
    expect(read.version === 'v2023-03-03' && read.paths.length).toBe(paths.length);
  });
});

describe('downloadInputManifest', () => {
  it('needs no metadata: Python writes none', async () => {
    const store = await stored(encodeManifest(manifest), {});
    const found = await downloadInputManifest({ store, inputManifestPath: 'some/key_output' });
    expect(found).toMatchObject({ key: KEY, manifest });
    expect(found).not.toHaveProperty('assetRoot');
  });

  it('refuses other bytes than those that were submitted', async () => {
    const store = await stored(encodeManifest(manifest));
    const request = { store, inputManifestPath: 'some/key_output', inputManifestHash: '1'.repeat(32) };
    await expect(downloadInputManifest(request)).rejects.toMatchObject({ kind: 'HashMismatch', key: KEY });
  });
});
