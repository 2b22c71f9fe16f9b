import { createHash, createHmac, hash } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../src/backends/s3-direct/header-list.js';
import { EMPTY_PAYLOAD, Signer, signedNames } from '../../../src/backends/s3-direct/sign.js';
import { encodeKey, queryText } from '../../../src/backends/s3-direct/uri-encode.js';
import { S3_EXAMPLES, S3_SCOPE, type SigningVector, SUITE, SUITE_SCOPE } from './signing-vectors.js';

interface Scope {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  readonly day: string;
  readonly stamp: string;
  readonly host: string;
}

function authorization(vector: Omit<SigningVector, 'name' | 'signature'>, scope: Scope): string {
  const headers = new HeaderList();
  for (const [name, value] of vector.headers ?? []) headers.add(name, value);
  headers.add('x-amz-date', scope.stamp);
  headers.add('host', scope.host);
  const request = {
    ...{ method: vector.method, headers, path: encodeKey(vector.path ?? '/') },
    ...{ query: queryText(vector.query ?? {}), payloadHash: hash('sha256', vector.body ?? '', 'hex') },
  };
  return new Signer().authorization(request, scope);
}

describe.each([
  ['the signing test suite', SUITE_SCOPE, SUITE],
  ['the examples of the S3 API reference', S3_SCOPE, S3_EXAMPLES],
] as const)('%s', (_name, scope, vectors) => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_case, vector) => {
    expect(authorization(vector, scope)).toMatch(new RegExp(`, Signature=${vector.signature}$`));
  });
});

it('writes scope and names of headers as S3 reads them', () => {
  const [vector] = S3_EXAMPLES;
  expect(vector && authorization(vector, S3_SCOPE)).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
      'SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, ' +
      'Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  );
  expect(signedNames(new HeaderList())).toBe('');
  expect(EMPTY_PAYLOAD).toBe(createHash('sha256').digest('hex'));
});

/** What the SDK's signer asks of a hash. */
class Sha256 {
  readonly #hash;
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as Buffer);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

const AWKWARD = [
  ' ',
  '+',
  '%',
  '%2F',
  'é',
  'e\u0301',
  '😀',
  '//',
  './',
  '../',
  "'",
  '"',
  '=',
  '&',
  '~',
  '\n',
  '?',
  '#',
  '*',
  '!',
  '(',
  ')',
  '世',
  ';',
  ',',
  ':',
  '@',
  '$',
  '\\',
  '<',
  '|',
  '^',
  '`',
  '{',
  '\u0000',
  'a',
  'Z',
  '0',
  '-',
  '_',
];
const keys = fc
  .array(fc.constantFrom(...AWKWARD), { minLength: 1, maxLength: 24 })
  .map((parts) => parts.join(''));
const values = fc.stringMatching(/^[ -~]{0,40}$/);

it('signs any key, query and header like the signer of the SDK', async () => {
  const credentials = { accessKeyId: S3_SCOPE.accessKeyId, secretAccessKey: S3_SCOPE.secretAccessKey };
  const reference = new SignatureV4({
    ...{ service: 's3', region: 'eu-west-1', credentials, uriEscapePath: false, applyChecksum: false },
    sha256: Sha256 as never,
  });
  const days = fc.date({ min: new Date('2013-01-01'), max: new Date('2038-01-01'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(keys, fc.dictionary(keys, keys), values, days, async (key, query, meta, date) => {
      const headers = {
        host: 'b.s3.eu-west-1.amazonaws.com',
        'x-amz-meta-a': meta,
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
      };
      const path = `/${encodeKey(key)}`;
      const request = {
        ...{ method: 'PUT', protocol: 'https:', hostname: headers.host, path, query, headers },
      };
      const signed = await reference.sign(request, { signingDate: date });
      const stamp = String(signed.headers['x-amz-date']);
      const scope = { ...S3_SCOPE, region: 'eu-west-1', day: stamp.slice(0, 8), stamp };
      const list = new HeaderList();
      for (const [name, value] of Object.entries(headers)) list.add(name, value);
      list.add('x-amz-date', stamp);
      const own = {
        method: 'PUT',
        path,
        query: queryText(query),
        headers: list,
        payloadHash: 'UNSIGNED-PAYLOAD',
      };
      expect(new Signer().authorization(own, scope)).toBe(signed.headers['authorization']);
    }),
    { numRuns: 300 },
  );
});
