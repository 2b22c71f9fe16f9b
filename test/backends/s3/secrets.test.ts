/** No message, hint or log line holds a key, a token, a signature or a signed URL, however hard others try. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import { failureOf, s3Error, transportError } from '../../../src/backends/s3/failure.js';
import { StoreFeatures } from '../../../src/backends/s3/features.js';
import { checkS3Settings, type S3Settings } from '../../../src/backends/s3/settings.js';
import { tempDir } from '../../support/temp-dir.js';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const TOKEN = `FwoGZXIvYXdzE${'Qm9iQWxpY2Ux'.repeat(20)}==`;
const SIGNATURE = 'fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024';
const PASSWORD = 'proxy-pass-1';
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${ID}/20310101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${SIGNATURE}`;
const SIGNED_URL = `https://b.s3.test/k?X-Amz-Credential=${ID}&X-Amz-Security-Token=${TOKEN}&X-Amz-Signature=${SIGNATURE}`;
const ECHOES = [
  AUTHORIZATION,
  SIGNED_URL,
  `token=${TOKEN}`,
  `secret ${SECRET} token ${TOKEN}`,
  `http://u:${PASSWORD}@proxy:1`,
];

const dir = tempDir('secrets');
const lines: string[] = [];
const log = (...parts: unknown[]): void => void lines.push(inspect(parts, { depth: 9 }));
const subject = { operation: 'putObject', bucket: 'b', key: 'k', owner: '123456789012' };

beforeEach(() => {
  lines.length = 0;
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', join(dir, 'none'));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(dir, 'none'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** All that a user sees of an error; the original stays in `cause` for those who debug. */
function shown(error: unknown): string {
  return `${String(error)} ${JSON.stringify(error)} ${(error as { hint?: string }).hint ?? ''}`;
}

function expectClean(...texts: readonly string[]): void {
  for (const text of [...texts, ...lines]) {
    for (const hidden of [
      ID,
      SECRET,
      SECRET.slice(0, 16),
      TOKEN.slice(0, 40),
      SIGNATURE.slice(0, 16),
      PASSWORD,
    ]) {
      expect(text).not.toContain(hidden);
    }
  }
}

const rejected = (work: () => unknown): Promise<unknown> =>
  Promise.resolve()
    .then(work)
    .then(
      () => new Error('it did not fail'),
      (error: unknown) => error,
    );

it.each(ECHOES)('a store that echoes %s', (echo) => {
  for (const [status, code] of [
    [403, 'SignatureDoesNotMatch'],
    [403, 'AccessDenied'],
    [400, echo],
    [500, undefined],
    [200, undefined],
  ] as const) {
    const document = { message: `You sent ${echo}!`, header: echo, ...(code !== undefined && { code }) };
    const error = s3Error(failureOf(status, { 'x-amz-bucket-region': 'eu-west-1' }, document), subject);
    expectClean(shown(error));
    new StoreFeatures(log).dropRefused(error, ['conditionalWrites']);
  }
  expectClean();
});

it.each(ECHOES)('a transport that echoes %s', (echo) => {
  for (const code of ['ECONNRESET', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UND_ERR_BODY_TIMEOUT', undefined]) {
    expectClean(shown(transportError(Object.assign(new Error(`failed: ${echo}`), { code }), subject)));
  }
});

it('settings that are refused', async () => {
  const bad: readonly object[] = [
    { credentials: { accessKeyId: ID, secretAccessKey: `${SECRET}\n`, sessionToken: TOKEN } },
    { credentials: { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: `${TOKEN} ` } },
    { endpoint: `https://${ID}:${PASSWORD}@store.test` },
    { endpoint: SIGNED_URL },
    { endpoint: `ftp://u:${PASSWORD}@store.test` },
  ];
  for (const settings of bad)
    expectClean(shown(await rejected(() => checkS3Settings(settings as S3Settings))));
  expectClean(shown(await rejected(() => connectS3({ env: { HTTPS_PROXY: `http://u:${PASSWORD}@` } }))));
});

it('providers that fail with what they know', async () => {
  const base: S3Settings = { region: 'us-east-1', endpoint: 'http://127.0.0.1:9', log };
  for (const echo of ECHOES) {
    const { credentials } = await connectS3({ ...base, credentials: () => Promise.reject(new Error(echo)) });
    expectClean(shown(await rejected(credentials)));
  }
  const config = join(dir, 'config');
  const tell = `process.stderr.write('${SECRET} ${TOKEN}');process.exit(1)`;
  writeFileSync(config, `[profile p]\ncredential_process = ${process.execPath} -e "${tell}"\n`);
  vi.stubEnv('AWS_CONFIG_FILE', config);
  const { credentials } = await connectS3({ ...base, profile: 'p' });
  const error = await rejected(credentials);
  expect(error).toMatchObject({ kind: 'MissingCredentials' });
  expectClean(shown(error));
});

it('an account that cannot be found out, and keys that stand beside a profile', async () => {
  const server = createServer((request, response) => {
    const { authorization = '', 'x-amz-security-token': token = '' } = request.headers;
    const text = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${authorization} ${String(token)}</Message></Error></ErrorResponse>`;
    response.writeHead(403, { 'content-type': 'text/xml' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_STS', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const credentials = { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: TOKEN };
  const connection = await connectS3({ region: 'us-east-1', credentials, env: {}, log });
  expect(await connection.expectedOwner()).toBeUndefined();
  expect(lines).toHaveLength(1);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  const config = join(dir, 'profile');
  writeFileSync(config, `[profile p]\naws_access_key_id = ${ID}\naws_secret_access_key = ${SECRET}\n`);
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_ACCESS_KEY_ID', ID);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  const withProfile = await connectS3({ region: 'us-east-1', profile: 'p', log });
  expect(await withProfile.credentials()).toMatchObject({ accessKeyId: ID });
  expectClean();
});
