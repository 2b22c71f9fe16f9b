/** Where requests go. The SDK's chains read `process.env`, which each test sets for itself. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sdkAddresses } from '../../../src/backends/s3/sdk-addresses.js';
import { checkS3Settings, type S3Settings } from '../../../src/backends/s3/settings.js';
import { addressesOf, isAwsHost } from '../../../src/backends/s3/targets.js';
import { tempDir } from '../../support/temp-dir.js';

const dir = tempDir('targets');

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_CONFIG_FILE', configFile(''));
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(dir, 'no-credentials'));
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** The SDK keeps what it has read of a file, so each content has its own. */
let files = 0;
function configFile(text: string): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `config-${files++}`);
  writeFileSync(file, text);
  return file;
}

const addresses = (settings: S3Settings) => addressesOf(checkS3Settings(settings));
async function address(settings: S3Settings, bucket = 'bucket'): Promise<string> {
  const { origin, pathPrefix } = await (await addresses(settings)).target(bucket);
  return origin + pathPrefix;
}

describe('addressesOf', () => {
  it.each<[S3Settings, string, string]>([
    [{ region: 'us-west-2' }, 'bucket', 'https://bucket.s3.us-west-2.amazonaws.com'],
    [{ region: 'us-east-1' }, 'bucket', 'https://bucket.s3.us-east-1.amazonaws.com'],
    [{ region: 'cn-north-1' }, 'bucket', 'https://bucket.s3.cn-north-1.amazonaws.com.cn'],
    [{ region: 'us-west-2' }, 'dotted.bucket', 'https://s3.us-west-2.amazonaws.com/dotted.bucket'],
    [{ region: 'us-west-2' }, 'Not_DNS', 'https://s3.us-west-2.amazonaws.com/Not_DNS'],
    [{ region: 'us-west-2', forcePathStyle: true }, 'bucket', 'https://s3.us-west-2.amazonaws.com/bucket'],
    [
      { region: 'us-west-2', useDualstack: true },
      'bucket',
      'https://bucket.s3.dualstack.us-west-2.amazonaws.com',
    ],
    [
      { region: 'us-gov-west-1', useFips: true },
      'bucket',
      'https://bucket.s3-fips.us-gov-west-1.amazonaws.com',
    ],
    [{ region: 'fips-us-east-1' }, 'bucket', 'https://bucket.s3-fips.us-east-1.amazonaws.com'],
    [{ region: 'us-west-2', endpoint: 'http://store.test:9000' }, 'bucket', 'http://store.test:9000/bucket'],
    [
      { region: 'us-west-2', endpoint: 'http://store.test:9000', forcePathStyle: false },
      'bucket',
      'http://bucket.store.test:9000',
    ],
    [
      { region: 'us-west-2', endpoint: 'https://store.test', forcePathStyle: false },
      'dotted.bucket',
      'https://store.test/dotted.bucket',
    ],
  ])('%j: %s is at %s', async (settings, bucket, url) => {
    expect(await address(settings, bucket)).toBe(url);
  });

  it.each([
    ['http://127.0.0.1:9000', 'bucket'],
    ['http://127.0.0.1:9000/', "odd b&ü'()*!~"],
    ['https://store.test/some/path/', 'dotted.bucket'],
    ['https://store.test:443', 'UPPER_case'],
    ['http://[::1]:9000', 'bucket'],
  ])('says of %s and %s without the SDK what the SDK says', async (endpoint, bucket) => {
    const settings = checkS3Settings({ region: 'eu-west-1', endpoint });
    expect(await (await addressesOf(settings)).target(bucket)).toEqual(
      await (await sdkAddresses(settings)).target(bucket),
    );
  });

  it.each<[string, Record<string, string>, string, string]>([
    [
      'the region of the environment',
      { AWS_REGION: 'eu-west-1' },
      '',
      'https://bucket.s3.eu-west-1.amazonaws.com',
    ],
    [
      'the region of the profile',
      { AWS_PROFILE: 'p' },
      '[profile p]\nregion = eu-north-1\n',
      'https://bucket.s3.eu-north-1.amazonaws.com',
    ],
    ['no region at all', {}, '', 'https://bucket.s3.us-west-2.amazonaws.com'],
    [
      'AWS_ENDPOINT_URL_S3',
      { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_S3: 'http://a.test', AWS_ENDPOINT_URL: 'http://b.test' },
      '',
      'http://a.test/bucket',
    ],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://b.test:90' }, '', 'http://b.test:90/bucket'],
    [
      'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
      {
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL: 'http://b.test',
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
      },
      '',
      'https://bucket.s3.eu-west-1.amazonaws.com',
    ],
    [
      'ignore_configured_endpoint_urls',
      { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://b.test' },
      '[default]\nignore_configured_endpoint_urls = true\n',
      'https://bucket.s3.eu-west-1.amazonaws.com',
    ],
    [
      "the profile's endpoint",
      { AWS_PROFILE: 'p' },
      '[profile p]\nregion = eu-west-1\nendpoint_url = http://c.test\n',
      'http://c.test/bucket',
    ],
    [
      "the profile's services",
      { AWS_PROFILE: 'p' },
      '[profile p]\nregion = eu-west-1\nservices = mine\n[services mine]\ns3 =\n  endpoint_url = http://d.test\n',
      'http://d.test/bucket',
    ],
    [
      'AWS_USE_FIPS_ENDPOINT',
      { AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' },
      '',
      'https://bucket.s3-fips.us-east-1.amazonaws.com',
    ],
    [
      'AWS_USE_DUALSTACK_ENDPOINT',
      { AWS_REGION: 'us-east-1', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
      '',
      'https://bucket.s3.dualstack.us-east-1.amazonaws.com',
    ],
  ])('follows %s', async (_, env, config, url) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_CONFIG_FILE', configFile(config));
    expect(await address({})).toBe(url);
  });

  it('follows the region of a profile that the settings name', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', configFile('[profile p]\nregion = eu-south-1\n'));
    expect((await addresses({ profile: 'p' })).region).toBe('eu-south-1');
  });

  const PROFILES = [
    '[default]\nregion = eu-west-1\nendpoint_url = http://default.test\n',
    '[profile own]\nregion = eu-south-1\nendpoint_url = http://own.test:90\n',
    '[profile service]\nregion = eu-south-1\nendpoint_url = http://own.test\nservices = mine\n',
    '[profile other-service]\nregion = eu-south-1\nendpoint_url = http://own.test\nservices = others\n',
    '[profile ignores]\nregion = eu-south-1\nendpoint_url = http://own.test\nignore_configured_endpoint_urls = true\n',
    '[profile plain]\nregion = eu-south-1\n',
    '[services mine]\ns3 =\n  endpoint_url = http://service.test\nsts =\n  endpoint_url = http://sts.test\n',
    '[services others]\nsts =\n  endpoint_url = http://sts.test\n',
  ].join('');
  const AWS_ADDRESS = 'https://bucket.s3.eu-south-1.amazonaws.com';

  it.each<[string, Record<string, string>, string]>([
    ['own', {}, 'http://own.test:90/bucket'],
    ['service', {}, 'http://service.test/bucket'],
    ['other-service', {}, 'http://own.test/bucket'],
    ['ignores', {}, AWS_ADDRESS],
    ['plain', {}, AWS_ADDRESS],
    ['no-such-profile', { AWS_REGION: 'eu-south-1' }, AWS_ADDRESS],
    ['own', { AWS_PROFILE: 'service' }, 'http://own.test:90/bucket'],
    ['plain', { AWS_PROFILE: 'own' }, AWS_ADDRESS],
    ['own', { AWS_PROFILE: 'ignores' }, 'http://own.test:90/bucket'],
    ['own', { AWS_ENDPOINT_URL: 'http://env.test' }, 'http://env.test/bucket'],
    [
      'own',
      { AWS_ENDPOINT_URL: 'http://env.test', AWS_ENDPOINT_URL_S3: 'http://s3.test' },
      'http://s3.test/bucket',
    ],
    ['own', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, AWS_ADDRESS],
    ['ignores', { AWS_ENDPOINT_URL_S3: 'http://s3.test' }, AWS_ADDRESS],
    ['ignores', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' }, 'http://own.test/bucket'],
  ])('follows the endpoint of the profile %s that the settings name, with %j', async (profile, env, url) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_CONFIG_FILE', configFile(PROFILES));
    expect(await address({ profile })).toBe(url);
    expect((await addresses({ profile })).isAws).toBe(url === AWS_ADDRESS);
  });

  it('takes an endpoint of the settings before that of the profile', async () => {
    vi.stubEnv('AWS_CONFIG_FILE', configFile(PROFILES));
    expect(await address({ profile: 'own', endpoint: 'http://given.test' })).toBe('http://given.test/bucket');
  });

  it.each([
    ['services = absent', 'absent'],
    ['endpoint_url = ftp://hidden:hidden@store.test', 'http://'],
    ['endpoint_url = https://hidden:hidden@store.test', 'credentials are an option of their own'],
    ['endpoint_url = hidden', 'http://'],
    ['endpoint_url = http://store.test/?hidden', 'must end before'],
  ])('refuses a profile with %s', async (line, message) => {
    const keys = 'aws_access_key_id = hiddenid\naws_secret_access_key = hiddenkey\n';
    vi.stubEnv('AWS_CONFIG_FILE', configFile(`[profile p]\nregion = eu-west-1\n${keys}${line}\n`));
    const error: unknown = await addresses({ profile: 'p' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'InvalidConfig', message: expect.stringContaining(message) });
    expect(String(error)).not.toContain('hidden');
  });

  it('knows AWS from others', async () => {
    expect((await addresses({ region: 'us-west-2' })).isAws).toBe(true);
    expect(
      (await addresses({ region: 'us-west-2', endpoint: 'https://s3.us-west-2.amazonaws.com' })).isAws,
    ).toBe(true);
    expect((await addresses({ region: 'us-west-2', endpoint: 'http://127.0.0.1:9000' })).isAws).toBe(false);
    expect(
      (await addresses({ region: 'us-west-2', endpoint: 'https://s3.amazonaws.com.evil.test' })).isAws,
    ).toBe(false);
  });

  it('remembers a bucket, and gives no promise for it then', async () => {
    const { target } = await addresses({ region: 'us-west-2' });
    const [first, second] = [target('bucket'), target('bucket')];
    expect(second).toBe(first);
    expect(target('bucket')).toBeInstanceOf(Promise);
    expect(await first).toBe(target('bucket'));
  });

  it.each(['a/b', 'x--usw2-az1--x-s3', ''])('refuses the bucket %j', async (bucket) => {
    const { target } = await addresses({ region: 'us-west-2' });
    await expect(Promise.resolve(target(bucket))).rejects.toMatchObject({
      code: 'InvalidConfig',
      option: 'bucket',
    });
  });

  it('refuses dual-stack with an endpoint of its own', async () => {
    const { target } = await addresses({
      region: 'us-west-2',
      useDualstack: true,
      endpoint: 'http://a.test',
    });
    await expect(Promise.resolve(target('b'))).rejects.toMatchObject({ code: 'InvalidConfig' });
  });

  it('refuses a bad endpoint of the environment', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_S3', 'ftp://hidden:hidden@store.test');
    const error: unknown = await addresses({ region: 'us-west-2' }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'InvalidConfig' });
    expect(String(error)).not.toContain('hidden');
  });
});

it.each([
  ['s3.us-west-2.amazonaws.com', true],
  ['bucket.vpce-1.s3.us-east-1.vpce.amazonaws.com', true],
  ['S3.CN-NORTH-1.AMAZONAWS.COM.CN.', true],
  ['s3.dualstack.us-east-1.api.aws', true],
  ['amazonaws.com', false],
  ['notamazonaws.com', false],
  ['localhost', false],
])('%s is an AWS host: %s', (host, is) => {
  expect(isAwsHost(host)).toBe(is);
});
