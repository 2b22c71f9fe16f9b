import { expect, it } from 'vitest';
import { SigningKeys, signingKey } from '../../../src/backends/s3-direct/signing-key.js';

// From "Create a signed AWS API request" of the IAM user guide, in its editions of 2012 and 2015.
it.each([
  ['20120215', 'f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d'],
  ['20150830', 'c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9'],
])('the published key of %s', (day, key) => {
  const scope = { day, region: 'us-east-1', service: 'iam' };
  expect(signingKey('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', scope).toString('hex')).toBe(key);
});

it('is derived once per secret, day, region and service', () => {
  const keys = new SigningKeys();
  const scope = { day: '20150830', region: 'us-east-1', service: 's3' };
  const first = keys.get('secret', scope);
  expect(keys.get('secret', { ...scope })).toBe(first);
  for (const [secret, other] of [
    ['other', scope],
    ['secret', { ...scope, day: '20150831' }],
    ['secret', { ...scope, region: 'eu-west-1' }],
    ['secret', { ...scope, service: 's3express' }],
  ] as const) {
    expect(keys.get(secret, other)).toEqual(signingKey(secret, other));
    expect(keys.get(secret, other).equals(first)).toBe(false);
  }
  expect(keys.get('secret', scope)).toEqual(first);
});
