import { expect, it } from 'vitest';
import { type Fault, withFaults } from '../../src/backends/faults.js';
import { withHeadReasons } from '../../src/backends/head-reason.js';
import { withMetering } from '../../src/backends/metering.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const bare = failure('BadRequest', { httpStatus: 400 });
const denied = failure('AccessDenied', { httpStatus: 403 });
const fails = (error: Error | undefined): Fault | undefined => error && { kind: 'before', error };

/** A store whose HEADs fail with one error, and whose GETs may fail with another. */
function store(headError: Error, getError?: Error) {
  const faulty = withFaults(memoryStore(), ({ method }) =>
    fails(method === 'headObject' ? headError : getError),
  );
  const meter = withMetering(faulty);
  const client = withHeadReasons(meter);
  return { meter, head: () => client.headObject('bucket', 'key') };
}

it.each([
  ['another region', failure('WrongRegion', { httpStatus: 400, s3Code: 'AuthorizationHeaderMalformed' })],
  ['an expired token', failure('ExpiredCredentials', { httpStatus: 400, s3Code: 'ExpiredToken' })],
  ['a cancelled run', new CancelledError()],
])('a bare 400 to a HEAD is %s, as the GET says', async (_reason, reason) => {
  const { meter, head } = store(bare, reason);
  await expect(head()).rejects.toBe(reason);
  expect(meter.counts('getObjectRange').calls).toBe(1);
});

it.each([
  ['has no document either', failure('BadRequest', { httpStatus: 400 })],
  ['finds nothing', failure('NotFound', { httpStatus: 404, s3Code: 'NoSuchKey' })],
  ['finds an empty object', failure('BadRequest', { httpStatus: 416, s3Code: 'InvalidRange' })],
])('a bare 400 stays one where the GET %s', async (_case, reason) => {
  await expect(store(bare, reason).head()).rejects.toBe(bare);
});

it.each([
  ['InvalidAccessKeyId', failure('InvalidCredentials', { httpStatus: 403, s3Code: 'InvalidAccessKeyId' })],
  ['AllAccessDisabled', failure('AccessDenied', { httpStatus: 403, s3Code: 'AllAccessDisabled' })],
  ['a denial of the key', failure('KmsAccess', { httpStatus: 403, s3Code: 'AccessDenied' })],
])('a bare 403 to a HEAD is %s, as one GET says for them all', async (_code, reason) => {
  const { meter, head } = store(denied, reason);
  const together = await Promise.allSettled(Array.from({ length: 20 }, head));
  const later = await Promise.allSettled([head()]);
  expect([...together, ...later]).toEqual(Array(21).fill({ status: 'rejected', reason }));
  expect(meter.counts('getObjectRange').calls).toBe(1);
});

it('a reason that a call can end is asked for again', async () => {
  const reason = failure('ExpiredCredentials', { httpStatus: 400, s3Code: 'ExpiredToken', retryable: true });
  const { meter, head } = store(denied, reason);
  await expect(head()).rejects.toBe(reason);
  await expect(head()).rejects.toBe(reason);
  expect(meter.counts('getObjectRange').calls).toBe(2);
});

it.each([
  ['is denied too', failure('AccessDenied', { httpStatus: 403, s3Code: 'AccessDenied' })],
  ['has no document either', failure('AccessDenied', { httpStatus: 403 })],
  ['finds nothing', failure('NotFound', { httpStatus: 404, s3Code: 'NoSuchKey' })],
])('a bare 403 stays one where the GET %s, which is asked once', async (_case, reason) => {
  const { meter, head } = store(denied, reason);
  await expect(head()).rejects.toBe(denied);
  await expect(head()).rejects.toBe(denied);
  expect(meter.counts('getObjectRange').calls).toBe(1);
});

it('one HEAD is given up without the others that wait for the same reason', async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reason = failure('InvalidCredentials', { httpStatus: 403, s3Code: 'SignatureDoesNotMatch' });
  const refusing = withFaults(memoryStore(), ({ method }) =>
    fails(method === 'headObject' ? denied : reason),
  );
  refusing.getObjectRange = () => held.then(() => Promise.reject(reason));
  const client = withHeadReasons(refusing);
  const given = new AbortController();
  const first = client.headObject('bucket', 'key', { signal: given.signal });
  const second = client.headObject('bucket', 'key');
  given.abort();
  await expect(first).rejects.toBeInstanceOf(CancelledError);
  release();
  await expect(second).rejects.toBe(reason);
});

it('a 400 that says why is not asked about', async () => {
  const error = failure('InvalidCredentials', { httpStatus: 400, s3Code: 'InvalidToken' });
  const { meter, head } = store(error);
  await expect(head()).rejects.toBe(error);
  expect(meter.counts('getObjectRange').calls).toBe(0);
});

it('a HEAD is asked again where the GET is not refused: what was wrong is over', async () => {
  const inner = memoryStore();
  await inner.putObject('bucket', 'key', Buffer.from('there'));
  const faulty = withFaults(inner, ({ method, number }) =>
    fails(method === 'headObject' && number === 1 ? bare : undefined),
  );
  expect(await withHeadReasons(faulty).headObject('bucket', 'key')).toMatchObject({ size: 5 });
});
