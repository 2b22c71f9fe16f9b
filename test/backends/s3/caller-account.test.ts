/** The question to STS, over a server that answers as told. The SDK reads its endpoint from `process.env`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callerAccount, STS_TRIES } from '../../../src/backends/s3/caller-account.js';
import { checkS3Settings } from '../../../src/backends/s3/settings.js';
import { tempDir } from '../../support/temp-dir.js';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'top-secret' };
let answers: readonly ((response: ServerResponse) => void)[] = [];
let requests: { host: string | undefined; url: string | undefined; authorization: string | undefined }[] = [];
const server = createServer((request, response) => {
  const { host, authorization } = request.headers;
  request.resume();
  answers[requests.push({ host, url: request.url, authorization }) - 1]?.(response);
});
let origin = '';

beforeEach(async () => {
  requests = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_PROFILE', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_STS', origin);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const account = (id: string) => (response: ServerResponse) =>
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Account>${id}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
const status = (code: number) => (response: ServerResponse) =>
  response
    .writeHead(code, { 'content-type': 'text/xml' })
    .end('<ErrorResponse><Error><Code>Some</Code><Message>no</Message></Error></ErrorResponse>');
const ask = (proxyFor: (url: string) => string | undefined = () => undefined) =>
  callerAccount({ settings: checkS3Settings({}), region: 'eu-west-1', proxyFor, ca: undefined })(KEYS);

it('asks once, signed for the region', async () => {
  answers = [account('123456789012')];
  expect(await ask()).toBe('123456789012');
  expect(requests).toEqual([
    expect.objectContaining({ authorization: expect.stringMatching(/AKIDEXAMPLE\/\d{8}\/eu-west-1\/sts\//) }),
  ]);
});

it('goes where the profile of the settings says, not where another one does', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', undefined);
  const dir = tempDir('caller-account');
  const file = join(dir, 'config');
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    file,
    `[default]\nendpoint_url = http://127.0.0.1:9\n[profile p]\nservices = s\n[services s]\nsts =\n  endpoint_url = ${origin}\n`,
  );
  vi.stubEnv('AWS_CONFIG_FILE', file);
  answers = [account('123456789012')];
  const settings = checkS3Settings({ profile: 'p' });
  const asked = callerAccount({ settings, region: 'eu-west-1', proxyFor: () => undefined, ca: undefined })(
    KEYS,
  );
  expect(await asked).toBe('123456789012');
  expect(requests).toHaveLength(1);
});

it('tries three times', async () => {
  answers = [status(500), (response) => response.destroy(), account('123456789012')];
  expect(await ask()).toBe('123456789012');
  answers = [];
  requests = [];
  answers = Array.from({ length: STS_TRIES + 1 }, () => status(503));
  await expect(ask()).rejects.toThrow();
  expect(requests).toHaveLength(STS_TRIES);
});

it('takes a refusal as the answer', async () => {
  answers = [status(403), account('123456789012')];
  await expect(ask()).rejects.toThrow();
  expect(requests).toHaveLength(1);
});

it('takes nothing for an account that is none', async () => {
  answers = Array.from({ length: STS_TRIES }, () => account('x'));
  await expect(ask()).rejects.toThrow('STS named no account');
});

it('goes through the proxy', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL_STS', 'http://sts.invalid');
  answers = [account('123456789012')];
  expect(await ask(() => origin)).toBe('123456789012');
  expect(requests[0]).toMatchObject({ host: 'sts.invalid', url: 'http://sts.invalid/' });
});
