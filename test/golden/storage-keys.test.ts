/** Keys and prefixes in the bucket against the golden data. */
import { expect } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import { outputManifestName } from '../../src/model/manifest-names.js';
import {
  outputListPrefix,
  outputManifestFolder,
  outputManifestKey,
  sessionActionFolder,
} from '../../src/model/output-keys.js';
import {
  casFolder,
  casKey,
  checkCacheKey,
  checkLocation,
  inputManifestPartialKey,
  manifestKey,
  parseS3Path,
  parseS3Uri,
  s3Path,
  s3Uri,
} from '../../src/model/s3-location.js';
import { timestampText } from '../../src/model/timestamps.js';
import { golden } from '../support/golden.js';

interface KeyCase {
  readonly bucket: string;
  readonly rootPrefix: string;
  readonly farmId: string;
  readonly queueId: string;
  readonly jobId: string;
  readonly stepId: string;
  readonly taskId: string;
  readonly sessionActionId: string;
  readonly startTime: number;
  readonly guid: string;
  readonly hash: string;
  readonly expect: Record<string, string>;
}

golden<KeyCase>('storage/keys.json', (c) => {
  const { bucket, rootPrefix, farmId, queueId, jobId, stepId, taskId, sessionActionId, startTime } = c;
  const { guid, hash, expect: expected } = c;
  const location = { bucket, rootPrefix };
  const manifests = { ...location, farmId, queueId };
  if ('pythonError' in expected) {
    expect(() => checkLocation(location)).toThrowError(StorageError);
    expect(() => outputListPrefix(manifests, { jobId })).toThrowError(StorageError);
    return;
  }
  const action = { jobId, stepId, taskId, sessionActionId, startTime };
  const partial = inputManifestPartialKey({ farmId, queueId }, guid, 'x');
  const inputPartialPrefix = partial.replace(/\/x_input$/, '');
  expect({
    casPrefix: casFolder(checkLocation(location)),
    casKey: casKey(location, hash),
    s3CheckCacheKey: checkCacheKey(location, casKey(location, hash)),
    inputPartialPrefix,
    inputFullPrefix: manifestKey(location, inputPartialPrefix),
    listPrefixJob: outputListPrefix(manifests, { jobId }),
    listPrefixStep: outputListPrefix(manifests, { jobId, stepId }),
    listPrefixTask: outputListPrefix(manifests, { jobId, stepId, taskId }),
    sessionActionFolder: sessionActionFolder(action),
    taskOutputPrefix: outputManifestFolder(manifests, action),
    stepOutputPrefix: outputManifestFolder(manifests, { ...action, taskId: undefined }),
    rootUri: s3Uri(location),
    rootPath: s3Path(location),
  }).toEqual(expected);
  expect(parseS3Uri(s3Uri(location))).toEqual(location);
  expect(parseS3Path(s3Path(location))).toEqual(location);
});

interface UriCase {
  readonly uri: string;
  readonly bucket?: string;
  readonly rootPrefix?: string;
  readonly pythonError?: string;
}

golden<UriCase>(
  'storage/keys.json',
  (c) => {
    const { uri, pythonError } = c;
    if (pythonError === undefined) {
      expect(parseS3Uri(uri)).toEqual({ bucket: c.bucket, rootPrefix: c.rootPrefix });
    } else {
      expect(() => parseS3Uri(uri)).toThrowError(expect.objectContaining({ kind: 'InvalidConfig' }));
    }
  },
  'rootUriParsing',
);

golden<{ args: Record<string, string>; pythonError: string }>(
  'storage/keys.json',
  (c) => {
    const { args } = c;
    expect(c.pythonError).not.toBe('');
    const location = { bucket: 'b', rootPrefix: 'p', farmId: 'f', queueId: 'q' };
    const scope = { jobId: 'j', stepId: args['step_id'], taskId: args['task_id'] };
    // A session action needs only its step here; Python also demands the task (spec/storage.md 1.6).
    if (scope.stepId !== undefined) {
      expect(outputListPrefix(location, scope)).toBe(`p/Manifests/f/q/j/${scope.stepId}/`);
      return;
    }
    expect(() => outputListPrefix(location, scope)).toThrowError(
      expect.objectContaining({ kind: 'InvalidConfig' }),
    );
  },
  'listPrefixArgumentErrors',
);

interface OutputKeyCase {
  readonly startTime: number;
  readonly rootPath: string;
  readonly fileSystemLocationName: string | null;
  readonly rootPrefix: string;
  readonly ids: Record<'farmId' | 'queueId' | 'jobId' | 'stepId' | 'sessionActionId', string> & {
    taskId: string | null;
  };
  readonly timestamp: string;
  readonly fileName: string;
  readonly key: string;
}

golden<OutputKeyCase>('worker/output-manifest-keys.json', (c) => {
  const { farmId, queueId, taskId, ...ids } = c.ids;
  const { startTime, rootPrefix } = c;
  const name = outputManifestName(c.rootPath, c.fileSystemLocationName ?? undefined, xxh128);
  const action = { ...ids, startTime, taskId: taskId ?? undefined };
  expect(timestampText(startTime)).toBe(c.timestamp);
  expect(name).toBe(c.fileName);
  expect(outputManifestKey({ bucket: 'b', rootPrefix, farmId, queueId }, action, name)).toBe(c.key);
});
