import { expect, it } from 'vitest';
import { addRequests, NO_REQUESTS, requestCostUsd, uploadRequests } from '../../src/model/request-cost.js';

const MIB = 1024 * 1024;
const multipart = (uploadPart: number) => ({ createMultipart: 1, uploadPart, completeMultipart: 1 });

it.each([
  [0, { put: 1 }],
  [32 * MIB, { put: 1 }],
  [32 * MIB + 1, multipart(3)],
  [256 * MIB, multipart(16)],
  [160_000 * MIB, multipart(10_000)],
  [160_000 * MIB + 1, multipart(9412)],
  [5 * 1024 * 1024 * MIB, multipart(9987)],
])('an object of %d bytes', (size, expected) => {
  expect(uploadRequests(size)).toEqual(expected);
});

it('takes other part sizes', () => {
  expect(uploadRequests(20 * MIB, { partSizeBytes: 8 * MIB })).toEqual(multipart(3));
});

it('costs what the price list says', () => {
  const counts = addRequests(NO_REQUESTS, { head: 12_500, list: 1000, put: 1000 });
  expect(requestCostUsd(counts)).toBe(0.015);
  expect(requestCostUsd(addRequests(counts, multipart(8)))).toBeCloseTo(0.01505, 12);
  expect(requestCostUsd(NO_REQUESTS)).toBe(0);
});
