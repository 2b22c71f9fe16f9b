import { expect, it } from 'vitest';
import { redact, redactForeign } from '../../../src/cli/output/redact.js';

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

const KEY = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const HASH = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';

it.each([
  ['GET\nx-amz-security-token:IQo//b3+x==\nend', 'GET\nx-amz-security-token:***\nend'],
  ['AWS4-HMAC-SHA256 Credential=A/b, Signature=ab12', '***'],
  ['{"SecretAccessKey": "abc", "Expiration": "2026"}', '{"SecretAccessKey": "***", "Expiration": "2026"}'],
  [`failed: ${KEY} for ASIAQQQQQQQQEXAMPLE1`, 'failed: *** for ***'],
  [
    `hash ${HASH}, content 99aa06d3014798d86001c324468d497f`,
    'hash ***, content 99aa06d3014798d86001c324468d497f',
  ],
  [
    'Error: http://u:p@h\n    at x (file:///token=1/a.js:1:2)',
    'Error: http://***@h\n    at x (file:///token=1/a.js:1:2)',
  ],
  [
    "ENOENT: no such file or directory, open '/a/b c/d'",
    "ENOENT: no such file or directory, open '/a/b c/d'",
  ],
])('%j of somebody else becomes %j', (text, expected) => {
  expect(redactForeign(text)).toBe(expected);
});
