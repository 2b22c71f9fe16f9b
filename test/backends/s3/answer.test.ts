import { describe, expect, it } from 'vitest';
import { failureOf, retryAfterMs } from '../../../src/backends/s3/failure.js';

const NOW = Date.parse('2031-02-03T04:05:06Z');

describe('retryAfterMs', () => {
  it.each<[Record<string, string | readonly string[]>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': ['7'] }, 7_000],
    [{ 'retry-after': 'Mon, 03 Feb 2031 04:05:16 GMT' }, 10_000],
    [{ 'retry-after': 'Mon, 03 Feb 2031 04:05:16 GMT', date: 'Mon, 03 Feb 2031 04:05:14 GMT' }, 2_000],
    [{ 'retry-after': 'Mon, 03 Feb 2031 04:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'x-amz-retry-after': '1500' }, 1_500],
    [{ 'x-amz-retry-after': '1500', 'retry-after': '1' }, 1_500],
    [{ 'x-amz-retry-after': 'x', 'retry-after': '1' }, 1_000],
  ])('%j is %s', (headers, wait) => {
    expect(retryAfterMs(headers, NOW)).toBe(wait);
  });
});

describe('failureOf', () => {
  it('reads headers by object and by function', () => {
    const headers: Record<string, string> = {
      'x-amz-bucket-region': 'eu-west-1',
      'x-amz-request-id': 'R1',
      date: 'Mon, 03 Feb 2031 04:05:06 GMT',
    };
    const expected = {
      httpStatus: 301,
      bucketRegion: 'eu-west-1',
      requestId: 'R1',
      serverDate: new Date(NOW),
    };
    expect(failureOf(301, headers)).toEqual(expected);
    expect(failureOf(301, (name) => headers[name])).toEqual(expected);
  });

  it('takes region and request from the document where no header has them', () => {
    const document = { code: 'C', message: 'M', region: 'eu-west-1', requestId: 'R2', header: 'H' };
    expect(failureOf(400, {}, document)).toEqual({
      httpStatus: 400,
      ...{ code: 'C', message: 'M', bucketRegion: 'eu-west-1', requestId: 'R2', header: 'H' },
    });
  });
});
