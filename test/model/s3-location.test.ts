import { describe, expect, it } from 'vitest';
import { outputListPrefix, outputManifestKey } from '../../src/model/output-keys.js';
import { casKey, legacyCasKey, parseS3Path, parseS3Uri } from '../../src/model/s3-location.js';

const invalid = expect.objectContaining({ kind: 'InvalidConfig' });
const location = { bucket: 'b', rootPrefix: 'p', farmId: 'f', queueId: 'q' };

describe('locations', () => {
  it.each([
    ['S3://b/p?x#y', 'b', 'p'],
    ['s3://b//p', 'b', '/p'],
    ['s3://b/p#y', 'b', 'p'],
  ])('parseS3Uri(%j)', (uri, bucket, rootPrefix) => {
    expect(parseS3Uri(uri)).toEqual({ bucket, rootPrefix });
  });

  it('parseS3Path splits at the first slash', () => {
    expect(parseS3Path('b/p/q?#/')).toEqual({ bucket: 'b', rootPrefix: 'p/q?#/' });
  });

  it.each(['', 'b', 'b/', '/p', '/'])('parseS3Path refuses %j', (path) => {
    expect(() => parseS3Path(path)).toThrowError(invalid);
  });

  it.each(['', '../x', 'a/b', 'a\n', 'é'])('no key is made of the hash %j', (hash) => {
    expect(() => casKey(location, hash)).toThrowError(invalid);
    expect(() => legacyCasKey(location, hash)).toThrowError(invalid);
  });
});

describe('output keys', () => {
  const action = { jobId: 'j', stepId: 's', sessionActionId: 'sessionaction-1-0', startTime: 0 };

  it('of a chunked step have no task', () => {
    expect(outputManifestKey(location, action, 'h_output')).toBe(
      'p/Manifests/f/q/j/s/1970-01-01T00:00:00.000000Z_sessionaction-1-0/h_output',
    );
  });

  it('cannot be listed for a task without its step', () => {
    expect(() => outputListPrefix(location, { jobId: 'j', taskId: 't' })).toThrowError(invalid);
  });
});
