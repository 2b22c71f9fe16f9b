import { describe, expect, it } from 'vitest';
import { checkS3Settings, S3_DEFAULTS, type S3Settings } from '../../../src/backends/s3/settings.js';
import { OptionError } from '../../../src/pipeline/errors.js';

const keys = { accessKeyId: 'id', secretAccessKey: 'key' };

describe('checkS3Settings', () => {
  it('fills in the defaults and leaves the given object alone', () => {
    const given = Object.freeze({ region: 'eu-west-1', maxConnections: undefined } as unknown as S3Settings);
    expect(checkS3Settings(given)).toMatchObject({ ...S3_DEFAULTS, region: 'eu-west-1', env: process.env });
    expect(S3_DEFAULTS).toEqual({
      maxConnections: 'auto',
      connectTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      payloadSigning: 'auto',
      checksum: 'auto',
      partSizeBytes: 16_777_216,
    });
  });

  it.each<[string, S3Settings]>([
    ['an owner', { expectedBucketOwner: '123456789012' }],
    ['no owner', { expectedBucketOwner: 'none' }],
    ['an endpoint with a path', { endpoint: 'https://store.example:9000/s3/' }],
    ['keys', { credentials: { ...keys, sessionToken: 'a/b+c=', accountId: '123456789012' } }],
    ['a provider', { credentials: async () => keys }],
    ['the smallest part', { partSizeBytes: 5 * 1024 * 1024 }],
    ['the largest part', { partSizeBytes: 5 * 1024 ** 3 }],
    ['a number of connections', { maxConnections: 7 }],
  ])('takes %s', (_, settings) => {
    expect(checkS3Settings(settings)).toMatchObject(settings);
  });

  it.each<[string, unknown, RegExp]>([
    ['region', 'US West', /name of a region/],
    ['region', 'https://evil/', /name of a region/],
    ['profile', '', /not empty/],
    ['caBundle', 7, /text/],
    ['endpoint', 'localhost:9000', /http/],
    ['endpoint', 'ftp://store', /http/],
    ['endpoint', 'https://user:hidden@store', /user name or password/],
    ['endpoint', 'https://store/?a=b', /before any/],
    ['expectedBucketOwner', '12345', /12 digits/],
    ['maxConnections', 0, /at least 1/],
    ['maxConnections', 'many', /at least 1/],
    ['connectTimeoutMs', -1, /at least 1/],
    ['idleTimeoutMs', Number.NaN, /at least 1/],
    ['partSizeBytes', 5 * 1024 * 1024 - 1, /5 MiB to 5 GiB/],
    ['partSizeBytes', 5 * 1024 ** 3 + 1, /5 MiB to 5 GiB/],
    ['payloadSigning', 'maybe', /"auto", "always", "never"/],
    ['checksum', 'md5', /"xxh128"/],
    ['forcePathStyle', 'yes', /true, false/],
    ['useFips', 1, /true, false/],
    ['useDualstack', null, /true, false/],
    ['lookup', '127.0.0.1', /function/],
    ['log', 'stderr', /function/],
    ['clock', {}, /clock/],
    ['env', 'A=B', /object/],
  ])('refuses %s %j', (option, value, text) => {
    const error = failure({ [option]: value });
    expect(error).toMatchObject({ code: 'InvalidConfig', option });
    expect(error.message).toMatch(text);
    expect(error.message).not.toContain('hidden');
  });

  it.each([
    ['credentials.accessKeyId', { ...keys, accessKeyId: '' }],
    ['credentials.secretAccessKey', { accessKeyId: 'id' }],
    ['credentials.secretAccessKey', { accessKeyId: 'id', secretAccessKey: 'top secret' }],
    ['credentials.sessionToken', { ...keys, sessionToken: 'a\nb' }],
    ['credentials.expiration', { ...keys, expiration: new Date('soon') }],
    ['credentials.accountId', { ...keys, accountId: '1' }],
    ['credentials.accessKeyId', null],
  ])('refuses bad %s without its value', (option, credentials) => {
    const error = failure({ credentials });
    expect(error.option).toBe(option);
    expect(error.message).not.toMatch(/top|a\nb|soon/);
  });
});

function failure(settings: object): OptionError {
  try {
    checkS3Settings(settings as S3Settings);
  } catch (error) {
    if (error instanceof OptionError) return error;
  }
  throw new Error('the settings were taken');
}
