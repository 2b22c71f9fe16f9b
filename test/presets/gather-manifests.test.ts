import { expect, it } from 'vitest';
import { encodeManifest } from '../../src/model/encode.js';
import { gatherManifests } from '../../src/presets/gather-manifests.js';
import { uploadInputManifest } from '../../src/presets/upload-manifests.js';
import { LOCATION, v2023 } from '../support/contents.js';
import { IDS, JOB, outputStore, storeOutputs } from '../support/outputs.js';

const entry = (path: string, size: number) => ({ path, size, hash: '0'.repeat(32), mtime: 1 });
const sizes = (manifest: { readonly paths?: unknown }): unknown =>
  Object.fromEntries(
    (manifest.paths as { path: string; size: number }[]).map(({ path, size }) => [path, size]),
  );

it('merges inputs and outputs of one root, outputs over inputs', async () => {
  const store = outputStore();
  const input = { ...IDS, store, assetRoot: '/mnt/out' };
  const first = await uploadInputManifest({ ...input, manifest: v2023([entry('a', 100), entry('b', 200)]) });
  const other = await uploadInputManifest({
    ...input,
    manifest: v2023([entry('c', 300)]),
    assetRoot: '/mnt/in',
  });
  await storeOutputs(store, { files: { b: 'output' } });
  const inputManifestPaths = [first.inputManifestPath, other.inputManifestPath];
  const gathered = await gatherManifests({ store, inputManifestPaths, outputs: [JOB] });
  expect(
    gathered.map(({ assetRoot, key, manifest }) => ({ assetRoot, key, files: sizes(manifest as object) })),
  ).toEqual([
    { assetRoot: '/mnt/out', key: first.key, files: { a: 100, b: 6 } },
    { assetRoot: '/mnt/in', key: other.key, files: { c: 300 } },
  ]);
});

it('takes input manifests without metadata by name', async () => {
  const store = outputStore();
  const put = (path: string, ...paths: ReturnType<typeof entry>[]) =>
    store.inner.putObject(LOCATION.bucket, `root/Manifests/${path}`, encodeManifest(v2023(paths)));
  await put('q/Inputs/1/h_input', entry('a', 1));
  await put('q/Inputs/2/h_input', entry('b', 2));
  await put('q/Inputs/2/k_input', entry('c', 3));
  const inputManifestPaths = ['q/Inputs/1/h_input', 'q/Inputs/2/h_input', 'q/Inputs/2/k_input'];
  const gathered = await gatherManifests({ store, inputManifestPaths });
  expect(gathered.map(({ key, manifest }) => [key, sizes(manifest as object)])).toEqual([
    ['root/Manifests/q/Inputs/1/h_input', { a: 1, b: 2 }],
    ['root/Manifests/q/Inputs/2/k_input', { c: 3 }],
  ]);
  expect(gathered.some((each) => 'assetRoot' in each)).toBe(false);
});

it('is empty where nothing is asked for, and nothing is there', async () => {
  const store = outputStore();
  expect(await gatherManifests({ store })).toEqual([]);
  expect(await gatherManifests({ store, outputs: [JOB] })).toEqual([]);
  await expect(gatherManifests({ store, inputManifestPaths: ['none'] })).rejects.toMatchObject({
    kind: 'NotFound',
  });
});
