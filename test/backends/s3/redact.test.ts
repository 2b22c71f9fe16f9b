import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/backends/s3/redact.js';

const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TOKEN = `IQoJb3JpZ2luX2Vj${'Zm9v'.repeat(40)}==`;
const SIGNATURE = '0123456789abcdef'.repeat(4);
const ID = 'AKIAIOSFODNN7EXAMPLE';

describe('redact', () => {
  it.each([
    `GET https://b.s3.test/k?X-Amz-Signature=${SIGNATURE}&X-Amz-Credential=${ID}/2031`,
    `Authorization: AWS4-HMAC-SHA256 Credential=${ID}/20310101/us-east-1/s3/aws4_request, Signature=${SIGNATURE}`,
    `x-amz-security-token: ${TOKEN}`,
    `{"SecretAccessKey": "${SECRET}", "SessionToken": "${TOKEN}"}`,
    `aws_secret_access_key = ${SECRET}`,
    `the key ${SECRET} and the token ${TOKEN} and ${SIGNATURE}`,
    `connect to http://user:${SECRET.slice(0, 9)}@proxy:8080 failed`,
  ])('hides what is in %s', (text) => {
    const shown = redact(text);
    for (const hidden of [SECRET, SECRET.slice(0, 9), TOKEN.slice(0, 50), SIGNATURE, ID])
      expect(shown).not.toContain(hidden);
    expect(shown).toContain('***');
  });

  it.each([
    'Access Denied',
    'The specified key does not exist.',
    'User: arn:aws:sts::111122223333:assumed-role/R/s is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-west-2:111122223333:key/k',
    'connect ECONNREFUSED 127.0.0.1:9000',
    'The provided token has expired.',
    'Value for x-amz-checksum-xxhash128 header is invalid.',
  ])('leaves "%s" alone', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('gives one short line', () => {
    expect(redact('  a\r\n\tb\u001b[31m\u2028c ')).toBe('a b [31m c');
    expect(redact('<html>'.repeat(10_000)).length).toBeLessThan(310);
  });
});
