/** Input that cannot be used: a typed error that names file and field, nothing uploaded, no manifest written. */

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import { readStorageProfile, type StorageProfile } from '../../src/model/storage-profile.js';
import { createManifest, snapshotDirectory, snapshotStructure } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import type { ScanListener } from '../../src/presets/scan-progress.js';
import { submitBundleAttachments } from '../../src/presets/submit-bundle-attachments.js';
import { submitTree, submitTrees } from '../../src/presets/submit-tree.js';
import type { WalkFilter } from '../../src/sources/walk-filter.js';
import { CLI, filesBelow, result, Sandbox } from '../support/cli.js';
import { testStore } from '../support/contents.js';
import { keysIn, referring } from '../support/edge-cases.js';
import { gate } from '../support/pipeline.js';
import { NOBODY } from '../support/run-module.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('bad-input');
const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

describe('a storage profile', () => {
  const valid = { name: 'Proj', path: '/p', type: 'LOCAL' };
  const location = (change: object) => ({
    storageProfileId: 'sp-1',
    fileSystemLocations: [valid, { ...valid, ...change }],
  });

  it.each<[string, unknown, string]>([
    ['of an unknown type of location', location({ type: 'REMOTE' }), 'fileSystemLocations[1].type'],
    ['of a type in other letters', location({ type: 'local' }), 'fileSystemLocations[1].type'],
    ['without a type', location({ type: undefined }), 'fileSystemLocations[1].type'],
    ['with a location without a name', location({ name: '' }), 'fileSystemLocations[1].name'],
    ['with a path that is none', location({ path: 7 }), 'fileSystemLocations[1].path'],
    ['with a location that is none', { fileSystemLocations: [valid, null] }, 'fileSystemLocations[1]'],
    ['with locations that are no list', { fileSystemLocations: valid }, 'fileSystemLocations'],
    ['of an unknown system', { osFamily: 'beos', fileSystemLocations: [] }, 'osFamily'],
    ['that is a list', [valid], 'must be an object'],
    ['that is nothing', null, 'must be an object'],
  ])('%s names the field, as a value and as a file', async (what, document, field) => {
    const plain: unknown = JSON.parse(JSON.stringify(document));
    expect(() => readStorageProfile(plain)).toThrow(expect.objectContaining({ code: 'NonValidInputError' }));
    expect(() => readStorageProfile(plain)).toThrow(field);
    sandbox.tree('tree', { a: 'a' });
    const name = `${what.replaceAll(' ', '-')}.json`;
    sandbox.write(name, JSON.stringify(document));
    const { code, stderr } = await sandbox.run([
      'submit',
      'tree',
      '--storage-profile',
      name,
      '--store',
      'profile-store',
    ]);
    expect([code, stderr]).toEqual([expect.toSatisfy((value) => value > 0), expect.stringContaining(field)]);
    expect(stderr).toContain(name);
    expect(existsSync(sandbox.join('profile-store', 'Data'))).toBe(false);
  });

  it.each<[string, () => string]>([
    ['is no JSON', () => sandbox.write('broken.json', '{"fileSystemLocations": [')],
    ['is not there', () => sandbox.join('gone.json')],
    ['is a directory', () => sandbox.tree('directory.json', {})],
  ])('that %s names the file', async (_what, make) => {
    sandbox.tree('tree', { a: 'a' });
    const file = make();
    const { code, stderr } = await sandbox.run([
      'submit',
      'tree',
      '--storage-profile',
      file,
      '--store',
      'profile-store',
    ]);
    expect([code, stderr]).toEqual([expect.toSatisfy((value) => value > 0), expect.stringContaining(file)]);
    expect(existsSync(sandbox.join('profile-store', 'Data'))).toBe(false);
  });

  it('that the user may not read names the file', async () => {
    const file = sandbox.write('shut.json', JSON.stringify(location({})));
    chmodSync(file, 0);
    chmodSync(sandbox.path, 0o755);
    const store = sandbox.tree('nobodys-store', {});
    chmodSync(store, 0o777);
    const args = [
      CLI,
      'submit',
      sandbox.tree('tree', { a: 'a' }),
      '--storage-profile',
      file,
      '--store',
      store,
    ];
    const { code, stderr } = await result(
      spawn(process.execPath, args, { ...NOBODY, cwd: '/', env: sandbox.env({ HOME: '/' }) }),
    );
    expect([code, stderr]).toEqual([expect.toSatisfy((value) => value > 0), expect.stringContaining(file)]);
    expect(filesBelow(store)).toEqual({});
  });

  it('with an unknown type, from a program without types, is InvalidConfig and uploads nothing', async () => {
    const root = plantTree(fresh(), files('a'));
    const locations = [{ name: 'Proj', path: root, locationType: 'REMOTE' as never }];
    const request = referring({ inputDirectories: [root] }, { storageProfile: { locations } });
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringMatching(/locationType .*"Proj".*"REMOTE"/),
    });
    expect(await keysIn(request.store)).toEqual([]);
  });

  it('with a relative location is InvalidConfig before anything is looked at', async () => {
    const storageProfile: StorageProfile = {
      locations: [{ name: 'Proj', path: 'p/q', locationType: 'LOCAL' }],
    };
    const request = referring(
      { inputDirectories: ['/does/not/exist'] },
      { storageProfile, requirePathsExist: true },
    );
    await expect(submitBundleAttachments(request)).rejects.toMatchObject({
      code: 'InvalidConfig',
      message: expect.stringMatching(/"p\/q".*"Proj"/),
    });
  });
});

describe('a root that goes away in the middle of its walk', () => {
  /** Acts when the walk asks about its first file: the listing is under way, and nothing has been looked at. */
  function atFirst(act: () => void): WalkFilter {
    let asked = false;
    return {
      matches: () => {
        if (!asked) act();
        asked = true;
        return true;
      },
    };
  }
  const planted = (): string => plantTree(fresh(), files('a', 'b', 'd/e/f', 'g/h'));
  const removing = (root: string): WalkFilter => atFirst(() => rmSync(root, { recursive: true }));
  /** Files that were looked at before may be read meanwhile: one of them can be the first that is missed. */
  const missed = (root: string) => ({
    code: expect.stringMatching(/^(?:PathNotFound|FileVanished)$/),
    path: expect.stringContaining(root),
  });
  const refused = (root: string) => ({
    code: 'PathNotFound',
    path: root,
    message: expect.stringContaining(root),
  });

  it('ends a snapshot, which writes no manifest', async () => {
    const destination = plantTree(fresh(), []);
    for (const version of ['v2023-03-03', 'v2025-12'] as const) {
      const root = planted();
      await expect(
        snapshotDirectory({ root, destination, version, filter: removing(root) }),
      ).rejects.toMatchObject(missed(root));
    }
    const root = planted();
    await expect(snapshotStructure({ root, filter: removing(root) })).rejects.toMatchObject(refused(root));
    expect(readdirSync(destination)).toEqual([]);
  });

  it('is PathNotFound of a comparison, in which nothing counts as deleted', async () => {
    const root = planted();
    const manifest = await createManifest({ root });
    if (!manifest) throw new Error('nothing was selected');
    const filter = removing(root);
    await expect(diffDirectory({ root, manifest, filter, filterScope: 'disk' })).rejects.toMatchObject(
      refused(root),
    );
  });

  it('ends a submission, which stores no manifest', async () => {
    const store = testStore();
    const one = planted();
    await expect(submitTree({ root: one, store, filter: removing(one) })).rejects.toMatchObject(missed(one));
    const [two, other] = [planted(), planted()];
    const several = submitTrees({ paths: [two, other], store, filter: removing(other) });
    await expect(several).rejects.toMatchObject(missed(other));
    expect((await keysIn(store)).filter((key) => key.includes('/Manifests/'))).toEqual([]);
  });

  it('ends the submission of a job, which uploads nothing: everything is walked before', async () => {
    const store = testStore();
    for (const requirePathsExist of [true, false]) {
      const root = planted();
      const request = referring({ inputDirectories: [root] }, { requirePathsExist, filter: removing(root) });
      await expect(submitBundleAttachments({ ...request, store })).rejects.toMatchObject(refused(root));
    }
    expect(await keysIn(store)).toEqual([]);
  });

  it('ends a submission when it is only renamed', async () => {
    const root = planted();
    const filter = atFirst(() => renameSync(root, `${root}-renamed`));
    await expect(submitTree({ root, store: testStore(), filter })).rejects.toMatchObject(missed(root));
  });

  it('after the walk is FileVanished of the first file that is read', async () => {
    const root = planted();
    const walked = gate();
    const hashCache = {
      ...memoryHashCache(),
      lookup: async () => {
        await walked.promise;
        rmSync(root, { recursive: true, force: true });
        return [];
      },
    };
    const onScan: ScanListener = ({ phase }) => {
      if (phase === 'hashing') walked.open();
    };
    await expect(createManifest({ root, hashCache, onScan })).rejects.toMatchObject({
      code: 'FileVanished',
      path: expect.stringContaining(root),
    });
  });
});
