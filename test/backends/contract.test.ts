import { describe, expect, it } from 'vitest';
import { checkPartList, checkRange, detailsOf } from '../../src/backends/contract.js';

const subject = { operation: 'x', bucket: 'b', key: 'k' };

describe('checkRange', () => {
  it.each([
    [0, 0, 1, 0, 1],
    [0, 9, 10, 0, 10],
    [0, 10, 10, 0, 10],
    [9, 99, 10, 9, 1],
    [3, 5, 10, 3, 3],
  ])('%i to %i of %i bytes', (start, end, size, offset, length) => {
    expect(checkRange({ start, end }, size, subject)).toEqual({ offset, length });
  });

  it.each([
    [10, 10, 10, 'BadRequest'],
    [0, 0, 0, 'BadRequest'],
    [-1, 1, 10, 'InvalidConfig'],
    [2, 1, 10, 'InvalidConfig'],
    [0, Number.POSITIVE_INFINITY, 10, 'InvalidConfig'],
  ])('%s to %s of %i bytes is refused', (start, end, size, kind) => {
    expect(() => checkRange({ start, end }, size, subject)).toThrow(expect.objectContaining({ kind }));
  });
});

it.each([[[]], [[0]], [[2, 1]], [[1, 1]], [[10_001]], [[1.5]]])(
  'parts %j are InvalidMultipart',
  (numbers) => {
    const parts = numbers.map((partNumber) => ({ partNumber, etag: '' }));
    expect(() => checkPartList(parts, subject)).toThrow(
      expect.objectContaining({ kind: 'InvalidMultipart' }),
    );
  },
);

it.each([
  [undefined, undefined],
  [{}, undefined],
  [{ userMetadata: {}, tags: {} }, undefined],
  [{ contentType: 'a/b' }, { contentType: 'a/b' }],
  [{ userMetadata: { a: 'b' }, ifAbsent: true }, { userMetadata: { a: 'b' } }],
  [{ tags: { a: 'b' } }, { tags: { a: 'b' } }],
])('details of %j', (options, expected) => {
  expect(detailsOf(options)).toEqual(expected);
});
