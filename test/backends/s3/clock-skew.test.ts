import { expect, it } from 'vitest';
import { judgedByTime } from '../../../src/backends/s3/clock-skew.js';
import { serverDateOf } from '../../../src/backends/server-date.js';
import { failure } from '../../support/failing-puts.js';

const SERVER = new Date('2026-01-01T12:00:00Z');
const minutesLater = (minutes: number): Date => new Date(SERVER.getTime() + minutes * 60_000);
const bare = failure('AccessDenied', { httpStatus: 403 });

it.each([20, -20, 6, -6])('a bare 403 to a request signed %d minutes off is about the clock', (minutes) => {
  const judged = judgedByTime(bare, SERVER, minutesLater(minutes));
  expect(judged).toMatchObject({ kind: 'ClockSkew', httpStatus: 403, retryable: true });
  expect(judged.hint).toContain(SERVER.toISOString());
  expect(serverDateOf(judged)).toEqual(SERVER);
});

it.each([
  ['when the clocks agree', bare, SERVER, minutesLater(4)],
  ['without a date in the answer', bare, undefined, minutesLater(20)],
  ['when nobody knows when it was signed', bare, SERVER, undefined],
  [
    'with a code',
    failure('AccessDenied', { httpStatus: 403, s3Code: 'AccessDenied' }),
    SERVER,
    minutesLater(20),
  ],
  ['of another kind', failure('BadRequest', { httpStatus: 400 }), SERVER, minutesLater(20)],
])('a refusal stays what it is %s', (_case, error, serverDate, signedAt) => {
  const judged = judgedByTime(error, serverDate, signedAt);
  expect(judged).toBe(error);
  expect(serverDateOf(judged)).toBeUndefined();
});

it('a refusal that names the clock carries the date, whatever the clock says', () => {
  const error = failure('ClockSkew', { httpStatus: 403, s3Code: 'RequestTimeTooSkewed' });
  expect(serverDateOf(judgedByTime(error, SERVER))).toEqual(SERVER);
});
