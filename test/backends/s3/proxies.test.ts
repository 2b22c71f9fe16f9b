import { describe, expect, it } from 'vitest';
import { proxiesOf } from '../../../src/backends/s3/proxies.js';

const PROXIES = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' };

describe('proxiesOf', () => {
  it.each<[string, Record<string, string>, string, string | undefined]>([
    ['nothing set', {}, 'https://s3.test/', undefined],
    ['by scheme', PROXIES, 'https://s3.test/', 'http://secure:1'],
    ['by scheme', PROXIES, 'http://s3.test/', 'http://plain:2'],
    ['the rest', { ALL_PROXY: 'socks5://all:3' }, 'https://s3.test/', 'socks5://all:3'],
    ['lower case first', { ...PROXIES, https_proxy: 'http://lower:4' }, 'https://s3.test/', 'http://lower:4'],
    ['without scheme', { HTTPS_PROXY: 'host:8080' }, 'https://s3.test/', 'http://host:8080'],
    ['an empty one', { HTTPS_PROXY: '' }, 'https://s3.test/', undefined],
  ])('%s: %j for %s', (_, env, url, proxy) => {
    expect(proxiesOf(env)(url)).toBe(proxy);
  });

  it.each<[string, string, boolean]>([
    ['*', 'https://s3.test/', true],
    ['s3.test', 'https://s3.test/', true],
    ['S3.TEST', 'https://s3.test/', true],
    ['test', 'https://s3.test/', true],
    ['.test', 'https://s3.test/', true],
    ['*.test', 'https://s3.test/', true],
    ['est', 'https://s3.test/', false],
    ['other, s3.test', 'https://s3.test/', true],
    ['s3.test:443', 'https://s3.test/', true],
    ['s3.test:9000', 'https://s3.test/', false],
    ['s3.test:9000', 'https://s3.test:9000/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['127.0.0.1', 'http://127.0.0.1:9000/', true],
    ['0.0.1', 'http://127.0.0.1:9000/', false],
    ['[::1]', 'http://[::1]:9000/', true],
    ['fd00::/8', 'http://[fd00::1]/', true],
  ])('NO_PROXY=%s for %s', (NO_PROXY, url, without) => {
    expect(proxiesOf({ ...PROXIES, NO_PROXY })(url) === undefined).toBe(without);
  });

  it('names the variable of a bad proxy, and not its password', () => {
    const bad = (): unknown => proxiesOf({ https_proxy: 'http://user:hidden@' });
    expect(bad).toThrow(/^https_proxy: must be the URL of a proxy$/);
  });
});
