import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/model/errors.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { fetchOutputManifests, listOutputManifests } from '../../src/presets/list-outputs.js';
import { LOCATION, testStore } from '../support/contents.js';
import { JOB, outputStore, STORES, storeOutputs } from '../support/outputs.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('list-outputs');
const A = 'sessionaction-a-1';
const B = 'sessionaction-b-1';

describe.each(STORES)('over %s', (_kind, open) => {
  const filled = async () => {
    const store = outputStore(await open(mkdtempSync(join(base, 'store-'))));
    const old = await storeOutputs(store, { files: { f: '1' }, action: A, startTime: 1 });
    const latest = await storeOutputs(store, { files: { f: '2' }, action: B, startTime: 2 });
    const other = await storeOutputs(store, {
      files: { g: '3' },
      step: 'step-2',
      task: undefined,
      action: A,
    });
    await store.inner.putObject(LOCATION.bucket, latest.replace(/[^/]+$/, 'notes.txt'), Buffer.from('x'));
    return { store, old, latest, other };
  };

  it('lists the latest run of each task, and every run of a step', async () => {
    const { store, latest, other } = await filled();
    const found = await listOutputManifests({ ...JOB, store });
    expect(found).toEqual([
      { key: latest, lastModified: expect.any(Number), sessionActionId: B },
      { key: other, lastModified: expect.any(Number), sessionActionId: A },
    ]);
    const head = await store.inner.headObject(LOCATION.bucket, latest);
    expect(found[0]?.lastModified).toBe(head?.lastModified);
  });

  it('lists a step, a task, a session action', async () => {
    const { store, old, latest, other } = await filled();
    const keys = async (query: object) =>
      (await listOutputManifests({ ...JOB, store, ...query })).map(({ key }) => key);
    expect(await keys({ stepId: 'step-2' })).toEqual([other]);
    expect(await keys({ stepId: 'step-1', taskId: 'task-1' })).toEqual([latest]);
    expect(await keys({ stepId: 'step-1', taskId: 'task-1', sessionActionId: A })).toEqual([old]);
    expect(await keys({ stepId: 'step-1', sessionActionId: B })).toEqual([latest]);
    expect(await keys({ jobId: 'job-12' })).toEqual([]);
  });

  it('fetches each with one GET', async () => {
    const { store, latest, other } = await filled();
    store.meter.reset();
    const fetched = await fetchOutputManifests({ ...JOB, store });
    expect(fetched.map(({ source, assetRoot }) => [source.key, assetRoot])).toEqual([
      [latest, '/mnt/out'],
      [other, '/mnt/out'],
    ]);
    expect(store.meter.counts('getObject').calls).toBe(2);
    expect(store.meter.counts('headObject').calls).toBe(0);
  });
});

it('fetches side by side, within bounds', async () => {
  const store = outputStore();
  for (let task = 0; task < 60; task += 1)
    await storeOutputs(store, { files: { f: 'x' }, task: `task-${task}` });
  store.meter.reset();
  expect(await fetchOutputManifests({ ...JOB, store })).toHaveLength(60);
  expect(store.meter.counts('getObject').peakInFlight).toBeLessThanOrEqual(16);
  expect(store.meter.counts('getObject').peakInFlight).toBeGreaterThan(1);
});

it('refuses a task without its step before anything is asked', async () => {
  const store = outputStore();
  const request = { ...JOB, store, taskId: 'task-1' };
  await expect(listOutputManifests(request)).rejects.toMatchObject({ kind: 'InvalidConfig' });
  await expect(fetchOutputManifests(request)).rejects.toMatchObject({ kind: 'InvalidConfig' });
  expect(store.meter.totals().calls).toBe(0);
});

it('passes the errors of the store on, and ends when it is cancelled', async () => {
  const denied = new StorageError('AccessDenied', 'no', { httpStatus: 403 });
  const store = testStore(({ method }) =>
    method === 'listObjects' ? { kind: 'before', error: denied } : undefined,
  );
  await expect(listOutputManifests({ ...JOB, store })).rejects.toBe(denied);
  await expect(fetchOutputManifests({ ...JOB, store })).rejects.toBe(denied);
  const signal = AbortSignal.abort();
  await expect(listOutputManifests({ ...JOB, store, signal })).rejects.toBeInstanceOf(CancelledError);
  await expect(fetchOutputManifests({ ...JOB, store, signal })).rejects.toBeInstanceOf(CancelledError);
});
