import { expect, it } from 'vitest';
import { amzDate } from '../../../src/backends/s3-direct/amz-date.js';

it.each([
  ['2013-05-24T00:00:00.000Z', '20130524', '20130524T000000Z'],
  ['2013-05-24T00:00:00.999Z', '20130524', '20130524T000000Z'],
  ['2013-05-24T23:59:59.999Z', '20130524', '20130524T235959Z'],
  ['2013-05-25T00:00:00.000Z', '20130525', '20130525T000000Z'],
])('%s', (time, day, stamp) => {
  expect(amzDate(new Date(time))).toEqual({ day, stamp });
});
