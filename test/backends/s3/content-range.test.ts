import { expect, it } from 'vitest';
import { contentRange, tellObject } from '../../../src/backends/s3/content-range.js';

it.each([
  ['bytes 0-9/100', { start: 0, end: 9, total: 100 }],
  ['bytes 5-5/6', { start: 5, end: 5, total: 6 }],
  ['bytes 0-9/*', { start: 0, end: 9 }],
  ['bytes */100', undefined],
  ['bytes 0-9', undefined],
  ['items 0-9/100', undefined],
  ['bytes 0-9/100 or so', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s', (text, expected) => {
  expect(contentRange(text)).toEqual(expected);
});

const subject = { operation: 'getObjectRange', bucket: 'b', key: 'k' };

it('tells size and etag', () => {
  const told: unknown[] = [];
  const onObject = (object: unknown): void => void told.push(object);
  tellObject(onObject, { size: 5, etag: '"e"' }, subject);
  tellObject(onObject, { size: 5 }, subject);
  expect(told).toEqual([{ size: 5, etag: '"e"' }, { size: 5 }]);
});

it('is a fault of the service not to say the size, where somebody asks for it', () => {
  tellObject(undefined, { size: undefined }, subject);
  expect(() => tellObject(() => {}, { size: undefined }, subject)).toThrow(
    expect.objectContaining({ kind: 'ServiceError', retryable: true, key: 'k' }),
  );
});
