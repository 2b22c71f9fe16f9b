import { expect, it } from 'vitest';
import type { Details } from '../../../src/backends/contract.js';
import { AnswerHeaders } from '../../../src/backends/s3-direct/answer.js';
import { describe, headOf, lengthOf, secondsOf } from '../../../src/backends/s3-direct/describe.js';
import { HeaderList } from '../../../src/backends/s3-direct/header-list.js';

const subject = { operation: 'putObject', bucket: 'b', key: 'k' };
const headersFor = (details: Details | undefined): string[] => {
  const list = new HeaderList();
  describe(list, details, subject);
  return list.flat;
};
const answered = (...flat: string[]): AnswerHeaders =>
  new AnswerHeaders(flat.map((text) => Buffer.from(text, 'latin1')));

it.each<[string, Details | undefined, string[]]>([
  ['nothing', undefined, ['content-type', 'binary/octet-stream']],
  ['a type', { contentType: 'text/plain' }, ['content-type', 'text/plain']],
  [
    'metadata',
    { userMetadata: { b: '2', A: ' 1 ' } },
    ['content-type', 'binary/octet-stream', 'x-amz-meta-a', ' 1 ', 'x-amz-meta-b', '2'],
  ],
  [
    'tags',
    { tags: { 'a b': 'c&d', é: '+' } },
    ['content-type', 'binary/octet-stream', 'x-amz-tagging', 'a%20b=c%26d&%C3%A9=%2B'],
  ],
  ['no tags', { tags: {} }, ['content-type', 'binary/octet-stream']],
])('%s', (_name, details, flat) => {
  expect(headersFor(details)).toEqual(flat);
});

it.each<[string, Details]>([
  ['a type with a line break', { contentType: 'a\r\nx-amz-acl: public-read' }],
  ['metadata with a line break', { userMetadata: { a: 'b\nc' } }],
  ['metadata that is not ASCII', { userMetadata: { a: 'é' } }],
  ['a name with a blank', { userMetadata: { 'a b': 'c' } }],
  ['an empty name', { userMetadata: { '': 'c' } }],
])('%s is InvalidConfig', (_name, details) => {
  expect(() => headersFor(details)).toThrow(expect.objectContaining({ kind: 'InvalidConfig', key: 'k' }));
});

it('reads what an answer says of an object', () => {
  const headers = answered(
    ...['ETag', '"e"', 'Content-Type', 'text/plain', 'Last-Modified', 'Fri, 24 May 2013 00:00:00 GMT'],
    ...['X-Amz-Meta-Asset-Root', '/a b', 'x-amz-meta-latin', 'caf\u00e9', 'Content-Length', '10'],
  );
  expect(headOf('k', 10, headers)).toEqual({
    ...{ key: 'k', size: 10, etag: '"e"', contentType: 'text/plain', lastModified: 1369353600 },
    userMetadata: { 'asset-root': '/a b', latin: 'café' },
  });
  expect(lengthOf(headers)).toBe(10);
});

it('reads answers that say little', () => {
  expect(headOf('k', 0, answered())).toEqual({ key: 'k', size: 0, userMetadata: {} });
  expect(lengthOf(answered('content-length', 'many'))).toBeUndefined();
  expect(secondsOf('yesterday')).toBeUndefined();
});
