import { describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { encodeManifest } from '../../src/model/encode.js';
import { rootHash } from '../../src/model/manifest-names.js';
import {
  putManifest,
  uploadInputManifest,
  uploadOutputManifest,
} from '../../src/presets/upload-manifests.js';
import { LOCATION, testStore, v2023 } from '../support/contents.js';
import { IDS } from '../support/outputs.js';

const manifest = v2023([{ path: 'a', hash: '0'.repeat(32), size: 1, mtime: 2 }]);
const action = {
  ...{ jobId: 'job-1', stepId: 'step-1', taskId: 'task-1' },
  ...{ sessionActionId: 'sessionaction-a-1', startTime: 1_700_000_000.1 },
};
const request = { ...IDS, manifest, assetRoot: '/mnt/p' };

describe('uploadInputManifest', () => {
  it('stores canonical bytes under a new key each time, named after the root alone', async () => {
    const store = testStore();
    const both = [
      await uploadInputManifest({ ...request, store }),
      await uploadInputManifest({ ...request, store, fileSystemLocationName: 'P' }),
    ];
    const name = `${rootHash('/mnt/p', xxh128)}_input`;
    const shape = new RegExp(`^farm-1/queue-1/Inputs/[0-9a-f]{32}/${name}$`);
    for (const { key, inputManifestPath, inputManifestHash } of both) {
      expect(inputManifestPath).toMatch(shape);
      const { data } = await store.inner.getObject(LOCATION.bucket, key);
      expect(Buffer.from(data).equals(encodeManifest(manifest))).toBe(true);
      expect(xxh128(data)).toBe(inputManifestHash);
    }
    expect(new Set(both.map(({ key }) => key)).size).toBe(2);
  });

  it.each([
    ['posix', '/mnt//p/./x/', '/mnt/p/x'],
    ['windows', 'C:/proj/x/', 'C:\\proj\\x'],
  ] as const)(
    'names it after the root in the normal form of %s',
    async (rootPathFormat, assetRoot, normal) => {
      const store = testStore();
      const { key } = await uploadInputManifest({ ...request, store, assetRoot, rootPathFormat });
      expect(key.endsWith(`/${rootHash(normal, xxh128)}_input`)).toBe(true);
      const head = await store.inner.headObject(LOCATION.bucket, key);
      expect(head?.userMetadata).toEqual({ 'asset-root': assetRoot }); // as the job stores it
    },
  );
});

describe('uploadOutputManifest', () => {
  it.each([
    ['a task', 'task-1', 'step-1/task-1/'],
    ['a step', undefined, 'step-1/'],
    ['a step, its task empty', '', 'step-1/'],
  ])('stores the outputs of %s in the folder of their session action', async (_what, taskId, below) => {
    const store = testStore();
    const uploaded = await uploadOutputManifest({
      ...{ ...request, store, fileSystemLocationName: 'P' },
      action: { ...action, taskId },
    });
    const folder = '2023-11-14T22:13:20.099999Z_sessionaction-a-1';
    const path = `farm-1/queue-1/job-1/${below}${folder}/${xxh128(Buffer.from('P/mnt/p'))}_output`;
    expect(uploaded).toEqual({
      key: `root/Manifests/${path}`,
      outputManifestPath: path,
      outputManifestHash: xxh128(encodeManifest(manifest)),
    });
    expect(await store.inner.headObject(LOCATION.bucket, uploaded.key)).toMatchObject({
      contentType: 'application/x-deadline-manifest-2023-03-03',
      userMetadata: { 'asset-root': '/mnt/p', 'file-system-location-name': 'P' },
    });
  });

  it('warns about an id that others cannot read, and uses it all the same', async () => {
    const store = testStore();
    const warnings: string[] = [];
    const log = (_level: string, message: string): void => void warnings.push(message);
    const odd = { ...action, sessionActionId: 'run-7' };
    const { key } = await uploadOutputManifest({ ...request, store, action: odd, log });
    expect(key).toContain('Z_run-7/');
    expect(warnings).toEqual([expect.stringContaining('"run-7"')]);
  });
});

describe('before anything is sent', () => {
  const upload = async (changes: object): Promise<unknown> => {
    const store = testStore();
    const failed = await uploadOutputManifest({ ...request, store, action, ...changes }).catch(
      (error: unknown) => error,
    );
    expect(store.meter.totals().calls).toBe(0);
    return failed;
  };
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 'v']));

  it.each([
    ['a location name that is not ASCII', { fileSystemLocationName: 'Größe' }],
    ['eleven tags', { manifestTags: tags(11) }],
    ['an empty farm', { farmId: '' }],
    ['an empty queue', { queueId: '' }],
    ['an empty step', { action: { ...action, stepId: '' } }],
    ['a time that is none', { action: { ...action, startTime: Number.NaN } }],
  ])('refuses %s', async (_what, changes) => {
    expect(await upload(changes)).toMatchObject({ code: 'InvalidConfig' });
  });
});

it('sets tags where they are given', async () => {
  const store = testStore();
  const given: unknown[] = [];
  const put = store.client.putObject.bind(store.client);
  store.client.putObject = (bucket, key, data, options) => {
    given.push(options?.tags);
    return put(bucket, key, data, options);
  };
  await uploadInputManifest({ ...request, store, manifestTags: { a: 'b' } });
  await uploadInputManifest({ ...request, store, manifestTags: {} });
  expect(given).toEqual([{ a: 'b' }, undefined]);
});

it('stores bytes as they are, without a root where nobody knows it', async () => {
  const store = testStore();
  const bytes = Buffer.from(` ${Buffer.from(encodeManifest(manifest)).toString()}\n`);
  expect(await putManifest({ store, manifest }, 'root/Manifests/x.manifest', bytes)).toBe(xxh128(bytes));
  const { data, head } = await store.inner.getObject(LOCATION.bucket, 'root/Manifests/x.manifest');
  expect(Buffer.from(data).equals(bytes)).toBe(true);
  expect(head).toMatchObject({ contentType: 'application/x-deadline-manifest-2023-03-03', userMetadata: {} });
});
