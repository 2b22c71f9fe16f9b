/** The root of one submitted directory: the directory itself, or where its files are. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import type { Manifest } from '../../src/model/manifest.js';
import { decodeAssetRoot } from '../../src/model/metadata.js';
import { localManifestFolder, readManifestMapping } from '../../src/presets/local-manifests.js';
import { type SubmitTreeRequest, submitTree } from '../../src/presets/submit-tree.js';
import { LOCATION, type TestStore, testStore, writeTree } from '../support/contents.js';
import { tempDir } from '../support/temp-dir.js';

const base = realpathSync(tempDir('submit-root'));
const fresh = (): string => mkdtempSync(join(base, 'case-'));

async function stored(store: TestStore, key = ''): Promise<{ manifest: Manifest; root: string }> {
  const { data, head } = await store.inner.getObject(LOCATION.bucket, key);
  return { manifest: decodeManifest(data), root: decodeAssetRoot(head.userMetadata, key).assetRoot };
}

async function submitted(root: string, more: Partial<SubmitTreeRequest> = {}) {
  const store = testStore();
  const result = await submitTree({ root, store, rootFrom: 'files', ...more });
  const [properties] = result.attachments.manifests;
  const found = result.manifestKey === undefined ? undefined : await stored(store, result.manifestKey);
  return { ...result, properties, ...found };
}

const pathsOf = (manifest: Manifest | undefined): string[] =>
  (manifest?.version === 'v2023-03-03' ? manifest.paths : (manifest?.files ?? [])).map(({ path }) => path);

it.each<[string, readonly string[], string, readonly string[]]>([
  ['in one directory below', ['d/e/a', 'd/e/f/b'], 'd/e', ['a', 'f/b']],
  ['alone', ['d/a'], 'd', ['a']],
  ['at the top alone', ['a'], '', ['a']],
  ['in two directories', ['d/a', 'e/b'], '', ['d/a', 'e/b']],
  ['in directories that begin alike', ['d/ab/x', 'd/abc/y'], 'd', ['ab/x', 'abc/y']],
])('is where the files are: %s', async (_case, files, below, paths) => {
  const root = writeTree(fresh(), Object.fromEntries(files.map((path) => [path, path])));
  mkdirSync(join(root, 'empty'));
  const result = await submitted(root);
  const rootPath = join(root, below);
  expect(result.properties).toMatchObject({ rootPath, rootPathFormat: 'posix' });
  expect(result.properties?.inputManifestPath).toMatch(
    new RegExp(`/${xxh128(Buffer.from(rootPath))}_input$`),
  );
  expect(pathsOf(result.manifest)).toEqual(paths);
  expect(result.root).toBe(rootPath);
});

it('is the directory itself by default', async () => {
  const root = writeTree(fresh(), { 'd/a': 'a' });
  for (const more of [{ rootFrom: 'directory' } as const, { rootFrom: undefined as never }]) {
    const { properties, manifest } = await submitted(root, more);
    expect([properties?.rootPath, pathsOf(manifest)]).toEqual([root, ['d/a']]);
  }
});

it('is an empty directory itself, without a manifest', async () => {
  const root = fresh();
  mkdirSync(join(root, 'd/e'), { recursive: true });
  const { attachments, manifestKey } = await submitted(root);
  expect(attachments.manifests).toEqual([{ rootPath: root, rootPathFormat: 'posix' }]);
  expect(manifestKey).toBeUndefined();
});

it('has the same manifest as the directory that it is', async () => {
  const root = writeTree(fresh(), { 'd/e/a': 'a', 'd/e/f/b': 'b' });
  const [outer, inner] = [await submitted(root), await submitted(join(root, 'd/e'))];
  expect(outer.properties?.inputManifestHash).toBe(inner.properties?.inputManifestHash);
});

it('goes through a link as the user wrote it, and names the local copy', async () => {
  const root = writeTree(fresh(), { 'real/d/a': 'a' });
  symlinkSync('real', join(root, 'l'));
  const manifestWriteDir = fresh();
  const { properties, manifestKey } = await submitted(join(root, 'l'), { manifestWriteDir });
  const rootPath = join(root, 'l/d');
  expect(properties?.rootPath).toBe(rootPath);
  const localFile = `${xxh128(Buffer.from(rootPath))}_input`;
  const folder = localManifestFolder(manifestWriteDir);
  expect(await readManifestMapping(folder)).toEqual([{ localFile, s3Key: manifestKey }]);
  expect(xxh128(readFileSync(join(folder, localFile)))).toBe(properties?.inputManifestHash);
});

it('moves links of the 2025 formats with their tree', async () => {
  const root = writeTree(fresh(), { 'd/e/a': 'a' });
  symlinkSync('a', join(root, 'd/e/l'));
  const { properties, manifest } = await submitted(root, { manifestVersion: 'v2025-12' });
  expect(properties?.rootPath).toBe(join(root, 'd/e'));
  expect(manifest).toMatchObject({ dirs: [], files: [{ path: 'a' }, { path: 'l', symlinkTarget: 'a' }] });
});

it('begins to hash before the walk ends', async () => {
  const files = Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`d/${n % 90}/${n}`, `${n}`]));
  const root = writeTree(fresh(), files);
  let early = 0;
  const onProgress: SubmitTreeRequest['onProgress'] = ({ overallTotal, overallCompleted }) => {
    if (overallTotal === 0) early = Math.max(early, overallCompleted);
  };
  const { properties, manifest } = await submitted(root, { onProgress, limits: { maxInFlightFiles: 64 } });
  expect(early).toBeGreaterThan(0);
  expect(properties?.rootPath).toBe(join(root, 'd'));
  expect(pathsOf(manifest)).toHaveLength(9000);
});

it('is one of the two', async () => {
  const request = { root: base, store: testStore(), rootFrom: 'tree' } as unknown as SubmitTreeRequest;
  await expect(submitTree(request)).rejects.toMatchObject({ code: 'InvalidConfig', option: 'rootFrom' });
});

it.each<[string, readonly string[], readonly string[], string, number]>([
  ['beside a directory of files', ['d/e/a'], ['d/broken'], 'd', 1],
  ['among the files', ['d/e/a'], ['d/e/broken'], 'd/e', 1],
  ['far from the files', ['d/e/a'], ['broken'], '', 1],
  ['alone', [], ['d/broken'], 'd/broken', 0],
  ['and nothing else', [], ['d/e/one', 'd/e/two'], 'd/e', 0],
])(
  'holds links that lead nowhere, as references of the job: %s',
  async (_case, files, links, below, count) => {
    const root = writeTree(fresh(), Object.fromEntries(files.map((path) => [path, path])));
    for (const path of links) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      symlinkSync('nowhere', join(root, path));
    }
    const warnings: string[] = [];
    const { properties, manifest } = await submitted(root, {
      log: (_level, message) => warnings.push(message),
    });
    expect(properties?.rootPath).toBe(join(root, below));
    expect(pathsOf(manifest)).toHaveLength(count);
    expect(warnings.sort()).toEqual(
      links.map((path) => {
        const link = join(root, path);
        return `Input path '${link}' resolving to '${link}' does not exist. Adding to referenced paths.`;
      }),
    );
  },
);
