import { describe, expect, it, vi } from 'vitest';
import { withFaults } from '../../src/backends/faults.js';
import { type GuidanceOptions, withGuidance } from '../../src/backends/guidance.js';
import { MemoryClient } from '../../src/backends/memory.js';
import type { BucketAnswer } from '../../src/backends/s3/s3-client.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import { failure } from '../support/failing-puts.js';

const OWNER = '111122223333';
const CAS_KEY = 'root/Data/99aa06d3014798d86001c324468d497f.xxh128';

/** A store all of whose calls fail with `error`, behind guidance. */
function failingWith(
  error: Error,
  options: GuidanceOptions = {},
  expectedBucketOwner: string | undefined = OWNER,
) {
  const store = new MemoryClient({
    ...{ xxh128: hasher, buckets: ['bucket'] },
    ...(expectedBucketOwner !== undefined && { expectedBucketOwner }),
  });
  return withGuidance(
    withFaults(store, () => ({ kind: 'before', error })),
    options,
  );
}

const errorOf = async (call: Promise<unknown>): Promise<StorageError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StorageError)) throw new Error('no StorageError', { cause: error });
  return error;
};
const list = async (client: StorageClient, prefix: string): Promise<void> => {
  for await (const _ of client.listObjects('bucket', prefix));
};

describe('hints name what the situation is about', () => {
  const get = (client: StorageClient) => client.getObject('bucket', CAS_KEY);
  const put = (client: StorageClient) => client.putObject('bucket', CAS_KEY, new Uint8Array(1));
  const denied = failure('AccessDenied', { httpStatus: 403 });

  it.each<[string, Error, (client: StorageClient) => Promise<unknown>, readonly string[]]>([
    ['denied-put', denied, put, ['s3:PutObject', 's3:AbortMultipartUpload', 'root/Data/', OWNER]],
    ['denied-get', denied, get, ['s3:GetObject', 'root/Data/', OWNER, '"artist"']],
    [
      'denied-head',
      denied,
      (client) => client.headObject('bucket', CAS_KEY),
      ['s3:GetObject', 's3:ListBucket'],
    ],
    [
      'denied-list',
      denied,
      (client) => list(client, 'root/Manifests/'),
      ['s3:ListBucket', 'root/Manifests/'],
    ],
    ['kms-put', failure('KmsAccess', { httpStatus: 403 }), put, ['kms:GenerateDataKey', 'kms:DescribeKey']],
    ['kms-get', failure('KmsAccess', { httpStatus: 403 }), get, ['kms:Decrypt']],
    [
      'bucket-missing',
      failure('BucketNotFound', { httpStatus: 404 }),
      get,
      ['region', 'eu-west-1', 'account'],
    ],
    [
      'object-missing',
      failure('NotFound', { httpStatus: 404 }),
      get,
      ['/home/a/.deadline/cache/s3_check_cache.db'],
    ],
    [
      'manifest-missing',
      failure('NotFound', { httpStatus: 404 }),
      (client) => client.getObject('bucket', 'root/Manifests/f/q/Inputs/g/h_input'),
      ['farm, queue and job', 'retention'],
    ],
    ['throttled', failure('Throttled', { httpStatus: 503 }), put, ['maxConnections', '37']],
    ['service-error', failure('ServiceError', { httpStatus: 500, requestId: 'R-17' }), put, ['R-17']],
    ['expired', failure('ExpiredCredentials', { httpStatus: 400 }), put, ['sign in again', '"artist"']],
  ])('%s', async (_id, error, call, words) => {
    const client = failingWith(error, {
      ...{ profile: 'artist', region: 'eu-west-1', maxConnections: () => 37 },
      checkCachePath: '/home/a/.deadline/cache/s3_check_cache.db',
    });
    const guided = await errorOf(call(client));
    for (const word of words) expect(guided.hint).toContain(word);
    const { kind, httpStatus, attempts, message } = error as StorageError;
    expect(guided).toMatchObject({ kind, httpStatus, attempts, message });
  });
});

it.each([
  ['an answer', failure('NotFound', { httpStatus: 404 })],
  ['a hint that says more', failure('FileChanged', { hint: 'close the editor' })],
])('%s is left as it is', async (_case, error) => {
  const client = failingWith(error);
  expect(await errorOf(client.putObject('bucket', 'key', new Uint8Array(1)))).toBe(error);
});

it('what is no error of a store passes', async () => {
  const bug = new TypeError('a bug');
  await expect(failingWith(bug).headObject('bucket', 'key')).rejects.toBe(bug);
});

it('one error that ends many calls stays one error', async () => {
  const client = failingWith(failure('ExpiredCredentials'), { profile: 'artist' });
  const errors = await Promise.all([1, 2, 3].map((n) => errorOf(client.headObject('bucket', `key${n}`))));
  expect(new Set(errors).size).toBe(1);
  expect(errors[0]?.hint).toContain('artist');
});

describe('owner probe', () => {
  const denied = () => failure('AccessDenied', { httpStatus: 403, s3Code: 'AccessDenied', requestId: 'R' });
  const answers = (withOwner: BucketAnswer, without: BucketAnswer) =>
    vi.fn(async (_bucket: string, options: { withOwner: boolean }) =>
      options.withOwner ? withOwner : without,
    );

  // spec/storage.md section 7, fault 25
  it('denied with the owner, allowed without: the bucket is somebody else’s', async () => {
    const headBucket = answers('denied', 'ok');
    const error = await errorOf(failingWith(denied(), { headBucket }).headObject('bucket', 'key'));
    expect(error).toMatchObject({ kind: 'BucketOwnerMismatch', code: 'BucketOwnerMismatch', requestId: 'R' });
    expect(error.message).toContain(OWNER);
    expect(error.hint).toContain('owned by another account');
    expect(error.cause).toMatchObject({ kind: 'AccessDenied' });
  });

  it.each<[string, BucketAnswer, BucketAnswer]>([
    ['denied both times', 'denied', 'denied'],
    ['allowed with the owner', 'ok', 'ok'],
    ['no bucket', 'missing', 'missing'],
    ['denied, and then none', 'denied', 'missing'],
  ])('%s: stays denied', async (_case, withOwner, without) => {
    const headBucket = answers(withOwner, without);
    const error = await errorOf(failingWith(denied(), { headBucket }).headObject('bucket', 'key'));
    expect(error.kind).toBe('AccessDenied');
    expect(error.hint).toContain('HEAD needs s3:GetObject');
  });

  it('is asked once, by whoever is denied first; the others wait for it', async () => {
    const headBucket = answers('denied', 'ok');
    const store = new MemoryClient({ xxh128: hasher, buckets: ['bucket'], expectedBucketOwner: OWNER });
    const client = withGuidance(
      withFaults(store, () => ({ kind: 'before', error: denied() })),
      { headBucket },
    );
    const errors = await Promise.all([1, 2, 3].map((n) => errorOf(client.headObject('bucket', `key${n}`))));
    expect(errors.map(({ kind }) => kind)).toEqual(Array(3).fill('BucketOwnerMismatch'));
    expect((await errorOf(list(client, 'root/'))).kind).toBe('BucketOwnerMismatch');
    expect(headBucket).toHaveBeenCalledTimes(2);
    expect(headBucket.mock.calls.map(([, { withOwner }]) => withOwner)).toEqual([true, false]);
  });

  it.each<[string, GuidanceOptions, string | undefined, StorageError]>([
    ['switched off', { ownerProbe: false }, OWNER, denied()],
    ['no owner is expected', {}, undefined, denied()],
    ['denied by the key', {}, OWNER, failure('KmsAccess', { httpStatus: 403 })],
  ])('%s: nobody is asked', async (_case, options, owner, error) => {
    const headBucket = answers('denied', 'ok');
    const store = new MemoryClient({
      ...{ xxh128: hasher, buckets: ['bucket'] },
      ...(owner !== undefined && { expectedBucketOwner: owner }),
    });
    const client = withGuidance(
      withFaults(store, () => ({ kind: 'before', error })),
      { headBucket, ...options },
    );
    expect((await errorOf(client.headObject('bucket', 'key'))).kind).toBe(error.kind);
    expect(headBucket).not.toHaveBeenCalled();
  });

  it('a probe that fails proves nothing, and a cancelled call does not wait for one', async () => {
    const failed = failingWith(denied(), { headBucket: () => Promise.reject(new Error('no network')) });
    expect((await errorOf(failed.headObject('bucket', 'key'))).kind).toBe('AccessDenied');
    const stop = new AbortController();
    const hanging = failingWith(denied(), { headBucket: () => new Promise(() => {}) });
    const call = hanging.headObject('bucket', 'key', { signal: stop.signal });
    setImmediate(() => stop.abort());
    await expect(call).rejects.toMatchObject({ code: 'Cancelled' });
  });
});
