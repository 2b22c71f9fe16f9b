import { expect, it } from 'vitest';
import { hashRanges, isChunked } from '../../src/model/hash-ranges.js';

const WHOLE = [{ rangeStart: 0, rangeEnd: -1 }];

it.each([
  ['an empty file', 0, 10, WHOLE],
  ['a file of one chunk', 10, 10, WHOLE],
  ['a file without chunks', 1000, -1, WHOLE],
  [
    'one byte more than a chunk',
    11,
    10,
    [
      { rangeStart: 0, rangeEnd: 10 },
      { rangeStart: 10, rangeEnd: 11 },
    ],
  ],
  [
    'exactly two chunks',
    20,
    10,
    [
      { rangeStart: 0, rangeEnd: 10 },
      { rangeStart: 10, rangeEnd: 20 },
    ],
  ],
])('gives the ranges of %s', (_what, size, chunk, expected) => {
  expect(hashRanges(size, chunk)).toEqual(expected);
  expect(isChunked(size, chunk)).toBe(expected.length > 1);
});
