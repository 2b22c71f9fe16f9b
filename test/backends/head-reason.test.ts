import { expect, it } from 'vitest';
import { type Fault, withFaults } from '../../src/backends/faults.js';
import { withHeadReasons } from '../../src/backends/head-reason.js';
import { withMetering } from '../../src/backends/metering.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { failure } from '../support/failing-puts.js';
import { memoryStore } from '../support/memory-store.js';

const bare = failure('BadRequest', { httpStatus: 400 });
const fails = (error: Error | undefined): Fault | undefined => error && { kind: 'before', error };

/** A store whose HEADs fail with one error, and whose GETs may fail with another. */
function store(headError: Error, getError?: Error) {
  const faulty = withFaults(memoryStore(), ({ method }) =>
    fails(method === 'headObject' ? headError : getError),
  );
  const meter = withMetering(faulty);
  return { meter, head: () => withHeadReasons(meter).headObject('bucket', 'key') };
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
  ['denied', failure('AccessDenied', { httpStatus: 403 })],
  ['a 400 that says why', failure('InvalidCredentials', { httpStatus: 400, s3Code: 'InvalidToken' })],
])('%s is not asked about', async (_case, error) => {
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
