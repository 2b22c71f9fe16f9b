import { existsSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloadOutputs, findOutputFiles } from '../../src/presets/download-outputs.js';
import { filesBelow } from '../support/cli.js';
import { LOCATION, writeTree } from '../support/contents.js';
import { JOB, outputStore, STORES, storeOutputs } from '../support/outputs.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('download-outputs');
const fresh = (): string => mkdtempSync(join(base, 'case-'));

describe.each(STORES)('over %s', (_kind, open) => {
  it('writes each root where it was, merged from the latest runs', async () => {
    const store = outputStore(await open(fresh()));
    const [a, b] = [join(fresh(), 'a'), join(fresh(), 'b')];
    await storeOutputs(store, { root: a, files: { 'x/f': 'superseded', gone: 'x' }, startTime: 1 });
    await storeOutputs(store, {
      root: a,
      files: { 'x/f': 'one' },
      startTime: 2,
      action: 'sessionaction-b-1',
    });
    await storeOutputs(store, { root: a, files: { g: 'two' }, task: 'task-2' });
    await storeOutputs(store, { root: b, files: { h: 'three' }, step: 'step-2', task: undefined });
    const { stats, groups, manifests } = await downloadOutputs({ ...JOB, store });
    expect(filesBelow(a)).toEqual({ 'x/f': 'one', g: 'two' });
    expect(filesBelow(b)).toEqual({ h: 'three' });
    expect(groups.map(({ root }) => root)).toEqual([a, b]);
    expect(manifests).toHaveLength(3);
    expect(stats).toMatchObject({
      ...{ totalFiles: 3, processedFiles: 3, processedBytes: 11, status: 'COMPLETE' },
      fileCountsByRoot: { [a]: 2, [b]: 1 },
      downloadedFiles: [join(a, 'g'), join(a, 'x/f'), join(b, 'h')].sort(),
    });
  });
});

it('downloads one session action, superseded or not', async () => {
  const store = outputStore();
  const root = join(fresh(), 'a');
  await storeOutputs(store, { root, files: { f: 'old' }, startTime: 1 });
  await storeOutputs(store, { root, files: { f: 'new' }, startTime: 2, action: 'sessionaction-b-1' });
  const request = { ...JOB, store, stepId: 'step-1', sessionActionId: 'sessionaction-a-1' };
  await downloadOutputs(request);
  expect(filesBelow(root)).toEqual({ f: 'old' });
});

it('lets the manifest that was stored last win between tasks', async () => {
  let now = 1_000_000;
  const { MemoryClient } = await import('../../src/backends/memory.js');
  const { hasher } = await import('../../src/hashing/xxh128.js');
  const store = outputStore(new MemoryClient({ xxh128: hasher, buckets: ['bucket'], now: () => now }));
  const root = join(fresh(), 'a');
  now = 9_000_000;
  await storeOutputs(store, { root, files: { f: 'later' }, task: 'task-1' });
  now = 5_000_000;
  await storeOutputs(store, { root, files: { f: 'sooner' }, task: 'task-2' });
  await downloadOutputs({ ...JOB, store });
  expect(filesBelow(root)).toEqual({ f: 'later' });
});

it.each([
  [undefined, { f: 'old', 'f (1)': 'new' }, 1],
  ['SKIP', { f: 'old' }, 0],
  ['OVERWRITE', { f: 'new' }, 1],
] as const)(
  'treats files that are there as %s says',
  async (conflictResolution, expected, processedFiles) => {
    const store = outputStore();
    const root = writeTree(fresh(), { f: 'old' });
    await storeOutputs(store, { root, files: { f: 'new' } });
    const mode = conflictResolution === undefined ? {} : { conflictResolution };
    const { stats } = await downloadOutputs({ ...JOB, store, ...mode });
    expect(filesBelow(root)).toEqual(expected);
    expect(stats).toMatchObject({ totalFiles: 1, processedFiles, skippedFiles: 1 - processedFiles });
  },
);

describe('roots', () => {
  it('go where the map says, one of another system only so', async () => {
    const store = outputStore();
    const target = join(fresh(), 'x');
    await storeOutputs(store, { root: 'C:\\proj\\shot', files: { 'd/f': 'w' } });
    await expect(downloadOutputs({ ...JOB, store })).rejects.toMatchObject({
      ...{ kind: 'InvalidConfig', message: expect.stringContaining('"C:\\\\proj\\\\shot"') },
    });
    const rootMap = new Map([['C:\\proj\\shot', target]]);
    const { groups } = await downloadOutputs({ ...JOB, store, rootMap });
    expect(groups.map(({ root }) => root)).toEqual([target]);
    expect(filesBelow(target)).toEqual({ 'd/f': 'w' });
  });

  it('that go to one directory keep both files', async () => {
    const store = outputStore();
    const target = fresh();
    await storeOutputs(store, { root: '/mnt/a', files: { 'r/f': 'a', g: 'a' } });
    await storeOutputs(store, { root: '/mnt/b', files: { 'r/f': 'b' }, task: 'task-2' });
    const rootMap = new Map([
      ['/mnt/a', target],
      ['/mnt/b', target],
    ]);
    await downloadOutputs({ ...JOB, store, rootMap });
    expect(filesBelow(target)).toEqual({ 'r/f': 'a', 'r/_mnt_b_f': 'b', g: 'a' });
  });

  it('spelled differently are one', async () => {
    const store = outputStore();
    const root = join(fresh(), 'a');
    await storeOutputs(store, { root: `${root}/`, files: { f: '1' } });
    await storeOutputs(store, { root, files: { g: '2' }, task: 'task-2' });
    const { groups } = await findOutputFiles({ ...JOB, store });
    expect(groups.map((group) => group.root)).toEqual([root]);
    expect(existsSync(root)).toBe(false);
  });

  it('that are none are refused', async () => {
    const store = outputStore();
    await storeOutputs(store, { files: { f: '1' } });
    const request = { ...JOB, store, rootMap: new Map([['/elsewhere', base]]) };
    await expect(downloadOutputs(request)).rejects.toMatchObject({ kind: 'InvalidConfig' });
  });
});

describe('include', () => {
  const filled = async () => {
    const store = outputStore();
    await storeOutputs(store, { root: '/mnt/a', files: { 'r/x.exr': '1', 'r/x.png': '2' } });
    await storeOutputs(store, { root: '/mnt/b', files: { 'x.log': '3' }, task: 'task-2' });
    return store;
  };

  it('sees the roots of the job, and needs no directory for what it leaves out', async () => {
    const store = await filled();
    const target = fresh();
    const rootMap = new Map([
      ['/mnt/b', '/nowhere/at/all'],
      ['/mnt/a', target],
    ]);
    const { groups } = await downloadOutputs({ ...JOB, store, rootMap, include: ['/mnt/a/r/*.exr'] });
    expect(groups.map(({ root }) => root)).toEqual([target]);
    expect(filesBelow(target)).toEqual({ 'r/x.exr': '1' });
  });

  it('sees the local directories, if so asked', async () => {
    const store = await filled();
    const target = fresh();
    const rootMap = new Map([['/mnt/a', target]]);
    const request = { ...JOB, store, rootMap, include: [`${target}/*`] } as const;
    expect((await findOutputFiles(request)).groups).toEqual([]);
    const { groups } = await findOutputFiles({ ...request, matchPathsBy: 'local' });
    expect(groups.map(({ root, manifest }) => [root, manifest.totalSize])).toEqual([[target, 2]]);
  });
});

it('is empty for a job without outputs', async () => {
  const store = outputStore();
  const { groups, manifests, stats } = await downloadOutputs({
    ...JOB,
    store,
    rootMap: new Map([['/a', base]]),
  });
  expect({ groups, manifests }).toEqual({ groups: [], manifests: [] });
  expect(stats).toMatchObject({ totalFiles: 0, processedFiles: 0, status: 'COMPLETE', downloadedFiles: [] });
});

it('writes nothing at all when one path of one root is dangerous', async () => {
  const store = outputStore();
  const [a, b] = [join(fresh(), 'a'), join(fresh(), 'b')];
  await storeOutputs(store, { root: a, files: { f: '1' } });
  await storeOutputs(store, { root: b, files: { '../../escaped': '2' }, task: 'task-2' });
  await expect(downloadOutputs({ ...JOB, store })).rejects.toMatchObject({ kind: 'PathOutsideRoot' });
  expect([existsSync(a), existsSync(b)]).toEqual([false, false]);
});

it('names a manifest that does not say its root', async () => {
  const store = outputStore();
  const key = await storeOutputs(store, { files: { f: '1' } });
  const { data } = await store.inner.getObject(LOCATION.bucket, key);
  await store.inner.putObject(LOCATION.bucket, key, data);
  await expect(downloadOutputs({ ...JOB, store })).rejects.toMatchObject({ kind: 'MissingAssetRoot', key });
});
