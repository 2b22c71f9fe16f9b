import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { bundledCertificates } from '../../../src/backends/s3/certificates.js';
import { tempDir } from '../../support/temp-dir.js';

const dir = tempDir('ca');
const bundle = join(dir, 'bundle.pem');
const other = join(dir, 'other.pem');
const [first = '', second = ''] = rootCertificates;
writeFileSync(bundle, `# two\n${first}\ntext between\r\n${second}\n`);
writeFileSync(other, second);

describe('bundledCertificates', () => {
  it('reads every certificate of the bundle that the settings name, before that of the environment', async () => {
    expect(await bundledCertificates({ caBundle: bundle, env: { AWS_CA_BUNDLE: other } })).toEqual(
      [first, second].map((pem) => pem.trim()),
    );
    expect(await bundledCertificates({ env: { AWS_CA_BUNDLE: other } })).toEqual([second.trim()]);
    expect(readFileSync(other, 'utf8')).toBe(second);
  });

  it('is nothing without a bundle', async () => {
    expect(await bundledCertificates({ env: {} })).toBeUndefined();
    expect(await bundledCertificates({ env: { AWS_CA_BUNDLE: '' } })).toBeUndefined();
  });

  it.each([
    ['caBundle', { caBundle: join(dir, 'absent.pem'), env: {} }, /cannot be read/],
    ['AWS_CA_BUNDLE', { env: { AWS_CA_BUNDLE: dir } }, /cannot be read: it is a directory/],
    ['caBundle', { caBundle: '/dev/zero', env: {} }, /cannot be read: .* is a device/],
    ['caBundle', { caBundle: new URL(import.meta.url).pathname, env: {} }, /no certificate/],
  ])('refuses a bad %s', async (option, settings, text) => {
    const error: unknown = await bundledCertificates(settings).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'InvalidConfig', option });
    expect(String(error)).toMatch(text);
  });
});
