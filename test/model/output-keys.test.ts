import { expect, it } from 'vitest';
import {
  outputListPrefix,
  outputManifestFolder,
  outputManifestKey,
  outputManifestPartialKey,
  sessionActionFolder,
} from '../../src/model/output-keys.js';

const location = { bucket: 'b', rootPrefix: 'r', farmId: 'f', queueId: 'q' };
const action = { jobId: 'j', stepId: 's', taskId: 't', sessionActionId: 'sessionaction-a-1', startTime: 0 };
const FOLDER = '1970-01-01T00:00:00.000000Z_sessionaction-a-1';

it('gives the key below the manifests folder, as it is reported', () => {
  expect(outputManifestPartialKey(location, action, 'x_output')).toBe(`f/q/j/s/t/${FOLDER}/x_output`);
  const other = { ...location, rootPrefix: 'r/', manifestPrefix: 'M' };
  expect(outputManifestPartialKey(other, action, 'x_output')).toBe(`f/q/j/s/t/${FOLDER}/x_output`);
  expect(outputManifestKey(other, action, 'x_output')).toBe(`r//M/f/q/j/s/t/${FOLDER}/x_output`);
});

it('takes an empty task for none', () => {
  expect(outputManifestFolder(location, { ...action, taskId: '' })).toBe(`r/Manifests/f/q/j/s/${FOLDER}`);
  expect(outputListPrefix(location, { jobId: 'j', taskId: '' })).toBe('r/Manifests/f/q/j/');
});

it.each([
  ['farm', () => outputListPrefix({ ...location, farmId: '' }, { jobId: 'j' })],
  ['queue', () => outputListPrefix({ ...location, queueId: '' }, { jobId: 'j' })],
  ['job', () => outputListPrefix(location, { jobId: '' })],
  ['step', () => outputManifestFolder(location, { ...action, stepId: '' })],
  ['session action', () => sessionActionFolder({ ...action, sessionActionId: '' })],
])('refuses an empty %s id', (what, make) => {
  expect(make).toThrowError(
    expect.objectContaining({ kind: 'InvalidConfig', message: `the ${what} id is empty` }),
  );
});
