import { expect, it } from 'vitest';
import { redact } from '../../../src/cli/output/redact.js';

it.each([
  ['http://user:secret@host:9000/b', 'http://***@host:9000/b'],
  ['s3://AKIA:sec/ret@b/p', 's3://***@b/p'],
  ['http://host:9000/a@b', 'http://host:9000/a@b'],
  ['s3://bucket/prefix@2/x', 's3://bucket/prefix@2/x'],
  ['get https://b/k?X-Amz-Signature=abc&x=1', 'get https://b/k?X-Amz-Signature=***&x=1'],
  ['https://b/k?a=1&X-Amz-Security-Token=t%2F "end"', 'https://b/k?a=1&X-Amz-Security-Token=*** "end"'],
  ['mail a@b and /path@2/x', 'mail a@b and /path@2/x'],
])('%s becomes %s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});
