import { describe, expect, it } from 'vitest';
import {
  HINT_IDS,
  type HintContext,
  type HintId,
  hintFor,
  hintIdOf,
} from '../../../src/backends/s3/hints.js';

const FULL: HintContext = {
  bucket: 'my-bucket',
  prefix: 'root/Data/',
  owner: '123456789012',
  profile: 'studio',
  region: 'us-west-2',
  bucketRegion: 'eu-west-1',
  requestId: 'R1',
  maxConnections: 64,
  checkCachePath: '/cache/s3_check_cache.db',
  path: '/target',
  neededBytes: 2_000_000,
  freeBytes: 1_000,
  volume: '/volume',
  user: 'ann',
  openFiles: 256,
  localTime: new Date('2031-01-01T00:00:00Z'),
  serverTime: new Date('2031-01-01T00:20:00Z'),
  maxObjectBytes: 5 * 1024 ** 4,
};

/** What each text must name, from the table of spec/storage.md 6.1. */
const NAMES: Readonly<Record<HintId, readonly RegExp[]>> = {
  'denied-put': [
    /active/,
    /s3:PutObject/,
    /s3:AbortMultipartUpload/,
    /root\/Data/,
    /123456789012/,
    /enforced/,
  ],
  'denied-get': [/active/, /s3:GetObject/, /123456789012/],
  'denied-head': [/s3:GetObject/, /s3:ListBucket/, /403 instead of 404/, /both/, /123456789012/],
  'denied-list': [/s3:ListBucket/, /my-bucket/, /root\/Data/],
  owner: [/exists/, /reach/, /123456789012/, /expected owner/],
  'kms-put': [/customer key/, /kms:GenerateDataKey/, /kms:DescribeKey/, /kms:Decrypt/, /policy/],
  'kms-get': [/kms:Decrypt/, /kms:DescribeKey/],
  'kms-key-state': [/disabled, deleted or pending deletion/, /restore/, /encryption of the bucket/],
  'bucket-missing': [/queue/, /name/, /region/, /account/],
  'object-missing': [
    /removed/,
    /check cache/,
    /\/cache\/s3_check_cache\.db/,
    /force/,
    /submit again/,
    /Data\//,
  ],
  'manifest-missing': [/farm, queue and job/, /retention/],
  throttled: [/lower rate/, /later/, /maxConnections/, /64/, /share the prefix/],
  'service-error': [/later/, /health dashboard/, /R1/],
  timeout: [/connection/, /proxy/, /VPN/, /idle timeout/],
  network: [/connection/, /proxy/, /VPN/],
  expired: [/sign in again/, /studio/, /queue/, /completed files are kept/, /again/],
  'missing-credentials': [/sign in/, /studio/, /AWS_PROFILE/, /AWS_ACCESS_KEY_ID/],
  'bad-credentials': [/wrong or was deleted/, /proxy/],
  clock: [/clock/, /2031-01-01T00:00:00/, /2031-01-01T00:20:00/],
  region: [/my-bucket/, /eu-west-1/, /set it/],
  archived: [/archive tier/, /restore/, /Data\//],
  'file-changed': [/modified after it was hashed/, /close the program/, /submit again/],
  'no-space': [/2\.0 MB/, /1\.0 KB/, /\/volume/],
  disk: [/2\.0 MB/, /1\.0 KB/, /\/volume/],
  'read-only': [/\/target/, /not writable/, /ann/],
  'too-many-files': [/open files/, /256/],
  'too-large': [/5\.5 TB/, /chunked manifest format/],
  'bad-request-head': [/expired or malformed credentials/, /KMS/, /debug logging/],
};

describe('hintFor', () => {
  it.each(HINT_IDS)('%s names what the user needs', (id) => {
    const text = hintFor(id, FULL);
    for (const name of NAMES[id]) expect(text).toMatch(name);
  });

  it.each(HINT_IDS)('%s reads well with nothing known', (id) => {
    const text = hintFor(id);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|\n|\s{2}|\.$/);
    expect(text.length).toBeGreaterThan(25);
  });

  it('tells certificates and proxies apart from other networks', () => {
    expect(hintFor('network', { certificate: true })).toMatch(/AWS_CA_BUNDLE.*NODE_EXTRA_CA_CERTS/);
    expect(hintFor('network', { proxy: true })).toMatch(/HTTPS_PROXY.*NO_PROXY/);
  });
});

describe('hintIdOf', () => {
  it.each([
    [{ kind: 'AccessDenied', operation: 'copyObject' }, 'denied-put'],
    [{ kind: 'AccessDenied', operation: 'getObjectToFile' }, 'denied-get'],
    [{ kind: 'AccessDenied', operation: 'listMultipart' }, 'denied-list'],
    [{ kind: 'KmsAccess', operation: 'headObject' }, 'kms-get'],
    [{ kind: 'NotFound', operation: 'getObjectRange', key: 'r/Data/h.xxh128' }, 'object-missing'],
    [
      { kind: 'NotFound', operation: 'getObject', key: 'r/Manifests/f/q/Inputs/g/h_input' },
      'manifest-missing',
    ],
    [{ kind: 'NotFound', operation: 'headObject', key: 'r/Data/h.xxh128' }, undefined],
    [{ kind: 'BadRequest', operation: 'getObjectRange' }, undefined],
    [{ kind: 'BucketOwnerMismatch' }, 'owner'],
    [{ kind: 'MissingCredentials' }, 'missing-credentials'],
    [{ kind: 'AlreadyExists', operation: 'putObject' }, undefined],
  ] as const)('%j is %s', (subject, id) => {
    expect(hintIdOf(subject)).toBe(id);
  });
});
