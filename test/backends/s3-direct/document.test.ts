import { expect, it } from 'vitest';
import {
  documentOf,
  escaped,
  fieldIn,
  takeEntries,
  textIn,
} from '../../../src/backends/s3-direct/document.js';

it('reads an error', () => {
  const text =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message><Key/></Error>';
  const document = documentOf(text, 'Error') ?? {};
  expect(textIn(document, 'Code')).toBe('NoSuchKey');
  expect(textIn(document, 'Message')).toBe('a & b');
  expect(textIn(document, 'Key')).toBeUndefined();
  expect(textIn(document, 'RequestId')).toBeUndefined();
});

it.each([
  ['nothing', ''],
  ['a web page', '<!DOCTYPE html><html><body><p>sign in<br></body></html>'],
  ['another document', '<ListBucketResult/>'],
  ['a cut document', '<Error><Code>NoSuchKey</Co'],
  ['JSON', '{"Error": "<Error"}'],
  ['text', 'service unavailable <Error'],
])('%s is no error document', (_name, text) => {
  expect(textIn(documentOf(text, 'Error') ?? {}, 'Message')).toBeUndefined();
  expect(documentOf(text, 'CompleteMultipartUploadResult')).toBeUndefined();
});

it('waits out the blanks that keep a long call alive', () => {
  const text =
    '<?xml version="1.0"?>\n   \n  <CopyObjectResult><ETag>&quot;a&quot;</ETag></CopyObjectResult>';
  expect(textIn(documentOf(text, 'CopyObjectResult') ?? {}, 'ETag')).toBe('"a"');
});

it('takes the entries out of a listing, and keeps their texts as they are', () => {
  const text =
    '<L><Name>b</Name><Contents><Key> 007 </Key><Size>1e3</Size></Contents>\n' +
    '  <Contents>\n <Key>&lt;&#x1F600;&#233;&apos;&bogus;&#x110000;</Key><ETag/><Size></Size></Contents><Token>t</Token></L>';
  const { entries, rest } = takeEntries(text, 'Contents');
  expect(entries.map((entry) => fieldIn(entry, 'Key'))).toEqual([' 007 ', "<😀é'&bogus;&#x110000;"]);
  expect(entries.map((entry) => fieldIn(entry, 'Size'))).toEqual(['1e3', undefined]);
  expect(entries.map((entry) => fieldIn(entry, 'ETag'))).toEqual([undefined, undefined]);
  const page = documentOf(rest, 'L') ?? {};
  expect([textIn(page, 'Name'), textIn(page, 'Token')]).toEqual(['b', 't']);
});

it.each([
  ['none', '<L></L>'],
  ['none, indented', '<L>\n</L>'],
  ['none, short', '<L/>'],
])('%s', (_name, text) => {
  const { entries, rest } = takeEntries(text, 'Contents');
  expect(entries).toEqual([]);
  expect(documentOf(rest, 'L')).toBeDefined();
});

it('a listing that was cut is no document', () => {
  const { entries, rest } = takeEntries(
    '<L><Contents><Key>a</Key></Contents><Contents><Key>b</K',
    'Contents',
  );
  expect(entries).toHaveLength(1);
  expect(documentOf(rest, 'L')).toBeUndefined();
});

it('expands nothing that a document declares', () => {
  const bomb = '<!DOCTYPE L [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><L><Code>&b;</Code></L>';
  expect(textIn(documentOf(bomb, 'L') ?? {}, 'Code') ?? '').not.toContain('aaaa');
});

it('escapes what a document may not hold', () => {
  const text = `<"a" & 'b'>`;
  expect(textIn(documentOf(`<L><Code>${escaped(text)}</Code></L>`, 'L') ?? {}, 'Code')).toBe(text);
});
