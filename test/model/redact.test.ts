import { expect, it } from 'vitest';
import { redactAddresses, redactForeign, redactStack } from '../../src/model/redact.js';

it.each([
  ['http://user:secret@host:9000/b', 'http://***@host:9000/b'],
  ['s3://AKIA:sec/ret@b/p', 's3://***@b/p'],
  ['http://host:9000/a@b', 'http://host:9000/a@b'],
  ['s3://bucket/prefix@2/x', 's3://bucket/prefix@2/x'],
  ['get https://b/k?X-Amz-Signature=abc&x=1', 'get https://b/k?X-Amz-Signature=***&x=1'],
  ['https://b/k?a=1&X-Amz-Security-Token=t%2F "end"', 'https://b/k?a=1&X-Amz-Security-Token=*** "end"'],
  ['mail a@b and /path@2/x', 'mail a@b and /path@2/x'],
])('%s becomes %s', (text, expected) => {
  expect(redactAddresses(text)).toBe(expected);
});

it.each([
  ['get 1http://user:secret@host/k', 'get 1http://***@host/k'],
  ['x+s3://AKIA@b/p', 'x+s3://***@b/p'],
])('%s, whatever stands before the scheme, becomes %s', (text, expected) => {
  expect(redactAddresses(text)).toBe(expected);
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
  expect(redactStack(text)).toBe(expected);
});

it.each([
  ['GET https://b/k?list-type=2&anything=x failed', 'GET https://b/k?*** failed'],
  ['ftp://u:p@h and https://h?a', 'ftp://***@h and https://h?***'],
  ['aws_session_token = abc', 'aws_session_token = ***'],
  ['my-secret-thing:abc def', 'my-secret-thing:*** def'],
  ['The provided token has expired.', 'The provided token has expired.'],
])('%j of somebody else becomes %j, as a line', (text, expected) => {
  expect(redactForeign(text)).toBe(expected);
});

it.each(['a', 'a-', 'token', 'a://', '://', 'AKIA', '=', '"'])(
  'takes no time for a long text of %j',
  (unit) => {
    const beganMs = performance.now();
    redactStack(`${unit.repeat(200_000)}\n`);
    expect(performance.now() - beganMs).toBeLessThan(1000);
  },
);
