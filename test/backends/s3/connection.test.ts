/** The parts put together. The SDK's chains read `process.env`, which each test sets for itself. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectS3 } from '../../../src/backends/s3/connection.js';
import type { S3Settings } from '../../../src/backends/s3/settings.js';
import type { Clock } from '../../../src/pipeline/types.js';
import { tempDir } from '../../support/temp-dir.js';

const dir = tempDir('connection');
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'top-secret' };
const STORE: S3Settings = { region: 'us-east-1', endpoint: 'http://127.0.0.1:9', credentials: KEYS };
const AWS: S3Settings = {
  region: 'us-east-1',
  endpoint: 'https://s3.us-east-1.amazonaws.com',
  credentials: KEYS,
};
let files = 0;

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', configFile(''));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(dir, 'no-credentials'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

function configFile(text: string): string {
  const file = join(dir, `config-${files++}`);
  writeFileSync(file, text);
  return file;
}

describe('credentials', () => {
  const found = async (settings: S3Settings) => (await connectS3({ ...STORE, ...settings })).credentials();
  const unset = { credentials: undefined } as unknown as S3Settings;

  it('are those of the settings', async () => {
    expect(await found({})).toEqual(KEYS);
    expect(await found({ credentials: async () => ({ ...KEYS, accountId: '123456789012' }) })).toMatchObject({
      accountId: '123456789012',
    });
  });

  it('are those of the environment, unless a profile is named', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'env-id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'env-secret');
    vi.stubEnv('AWS_SESSION_TOKEN', 'env-token');
    expect(await found(unset)).toEqual({
      accessKeyId: 'env-id',
      secretAccessKey: 'env-secret',
      sessionToken: 'env-token',
    });
    vi.stubEnv(
      'AWS_CONFIG_FILE',
      configFile('[profile p]\naws_access_key_id = file-id\naws_secret_access_key = file-secret\n'),
    );
    const lines: unknown[] = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    expect(await found({ ...unset, profile: 'p', log })).toMatchObject({ accessKeyId: 'file-id' });
    expect(JSON.stringify(lines)).not.toMatch(/env-secret|file-secret|env-token/);
  });

  it('are those of a process, run anew for each refresh', async () => {
    const script = join(dir, 'keys.mjs');
    const counter = join(dir, 'count');
    writeFileSync(counter, '0');
    writeFileSync(
      script,
      `import { readFileSync, writeFileSync } from 'node:fs';
       const n = Number(readFileSync(${JSON.stringify(counter)}, 'utf8')) + 1;
       writeFileSync(${JSON.stringify(counter)}, String(n));
       console.log(JSON.stringify({ Version: 1, AccessKeyId: 'process-' + n, SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(Date.now() + 900_000).toISOString() }));`,
    );
    vi.stubEnv(
      'AWS_CONFIG_FILE',
      configFile(`[profile p]\ncredential_process = ${process.execPath} ${script}\n`),
    );
    const connection = await connectS3({ ...STORE, ...unset, profile: 'p' });
    const all = await Promise.all([connection.credentials(), connection.credentials()]);
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(['process-1', 'process-1']);
    await Promise.all([connection.refreshCredentials(), connection.refreshCredentials()]);
    expect(connection.credentials()).toMatchObject({ accessKeyId: 'process-2', sessionToken: 't' });
  });

  it('may be missing', async () => {
    const connection = await connectS3({ ...STORE, ...unset });
    await expect(connection.credentials()).rejects.toMatchObject({
      kind: 'MissingCredentials',
      hint: expect.stringMatching(/AWS_PROFILE/),
    });
  });
});

describe('expectedOwner', () => {
  const owner = async (settings: S3Settings) => (await connectS3(settings)).expectedOwner();

  it.each<[string, S3Settings, string | undefined]>([
    ['AWS: the caller', { ...AWS, env: { AWS_ACCOUNT_ID: '123456789012' } }, '123456789012'],
    [
      'AWS: the account of the keys',
      { ...AWS, credentials: { ...KEYS, accountId: '222222222222' } },
      '222222222222',
    ],
    [
      'AWS: none by wish',
      { ...AWS, expectedBucketOwner: 'none', env: { AWS_ACCOUNT_ID: '123456789012' } },
      undefined,
    ],
    ['another store: none', { ...STORE, env: { AWS_ACCOUNT_ID: '123456789012' } }, undefined],
    [
      'another store: the caller by wish',
      { ...STORE, expectedBucketOwner: 'caller', env: { AWS_ACCOUNT_ID: '123456789012' } },
      '123456789012',
    ],
    ['another store: a fixed one', { ...STORE, expectedBucketOwner: '333333333333' }, '333333333333'],
  ])('%s', async (_, settings, account) => {
    expect(await owner(settings)).toBe(account);
  });

  it('refuses an AWS_ACCOUNT_ID that is no account where it is asked for', async () => {
    await expect(connectS3({ ...AWS, env: { AWS_ACCOUNT_ID: '1' } })).rejects.toMatchObject({
      option: 'AWS_ACCOUNT_ID',
    });
    expect(await owner({ ...STORE, env: { AWS_ACCOUNT_ID: '1' } })).toBeUndefined();
  });
});

it('corrects the clock, by which keys expire too', async () => {
  const clock: Clock = { now: () => 1_000_000, monotonic: () => 0, sleep: async () => {} };
  const expiration = new Date(2_000_000);
  const connection = await connectS3({ ...STORE, clock, credentials: async () => ({ ...KEYS, expiration }) });
  expect(connection.now()).toEqual(new Date(1_000_000));
  connection.correctClock(new Date(2_500_000));
  expect(connection.now()).toEqual(new Date(2_500_000));
  connection.correctClock(new Date(Number.NaN));
  expect(connection.now()).toEqual(new Date(2_500_000));
  await expect(connection.credentials()).rejects.toMatchObject({ kind: 'ExpiredCredentials' });
});

it('reads proxies and bundle from the given environment', async () => {
  const { proxyFor, ca } = await connectS3({
    ...STORE,
    env: { HTTP_PROXY: 'http://proxy:1', NO_PROXY: 'local' },
  });
  expect([proxyFor('http://far/'), proxyFor('http://local/'), ca]).toEqual([
    'http://proxy:1',
    undefined,
    undefined,
  ]);
  await expect(connectS3({ ...STORE, env: { AWS_CA_BUNDLE: join(dir, 'absent') } })).rejects.toMatchObject({
    option: 'AWS_CA_BUNDLE',
  });
});

describe('start-up', () => {
  /** Region and loaded packages of the SDK after everything was asked for in a fresh process. */
  async function loaded(more: Record<string, string>): Promise<[string, string[]]> {
    const module = new URL('../../../dist/backends/s3/connection.js', import.meta.url).href;
    const text = `
      import { createRequire } from 'node:module';
      import { connectS3 } from ${JSON.stringify(module)};
      const connection = await connectS3({ expectedBucketOwner: 'none' });
      await connection.target('bucket');
      await connection.credentials();
      await connection.expectedOwner();
      const files = Object.keys(createRequire('/').cache);
      const names = files.flatMap((file) => /@(?:aws-sdk|smithy)[/\\\\][a-z0-9-]+/.exec(file) ?? []);
      console.log(JSON.stringify([connection.region, [...new Set(names)]]));`;
    const env = {
      ...process.env,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'key',
      ...more,
    };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', text],
      { env },
    );
    expect(stderr).toBe('');
    return JSON.parse(stdout) as [string, string[]];
  }

  it('loads nothing of the SDK for a store that the environment names outright', async () => {
    expect(await loaded({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' })).toEqual(['eu-west-1', []]);
  });

  it('loads it for its endpoint rules, and says nothing on stderr', async () => {
    const [region, names] = await loaded({});
    expect(region).toBe('eu-west-1');
    expect(names.join()).toMatch(/client-s3/);
    expect(names.join()).not.toMatch(/client-sts/);
  });
});
