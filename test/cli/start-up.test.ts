/** What a short `submit` loads and starts: its time is that of the start. */
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { requireServer } from '../support/require-server.js';
import { useVersity } from '../support/versitygw.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

interface StartUp {
  /** Names of Node's own modules. */
  readonly loaded: readonly string[];
  readonly threads: number;
}

const watcher = sandbox.write(
  'watcher.cjs',
  `const { isMainThread } = require('node:worker_threads');
  let threads = 0;
  process.on('worker', () => { threads += 1; });
  if (isMainThread) process.on('exit', () => {
    const loaded = process.moduleLoadList.map((name) => name.replace('NativeModule ', ''));
    require('node:fs').writeFileSync(process.env.START_UP_FILE, JSON.stringify({ loaded, threads }));
  });`,
);

async function startUp(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<StartUp> {
  const file = sandbox.join('start-up.json');
  const env = { ...more, NODE_OPTIONS: `--require=${watcher}`, START_UP_FILE: file };
  const { code, stderr } = await sandbox.run([...args, '--quiet'], { env });
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(readFileSync(file, 'utf8')) as StartUp;
}

describe('one file again', () => {
  it('into a directory: the thread of the hash cache, and nothing of HTTP', async () => {
    const file = sandbox.write('one.bin', 'one');
    const args = ['submit', file, '--store', sandbox.join('store')];
    const first = await startUp(args);
    expect(first.threads).toBeGreaterThan(1);
    const again = await startUp(args);
    expect(again.threads).toBe(1);
    expect(again.loaded).toContain('worker_threads');
    expect(again.loaded.filter((name) => /^(?:tls|https?|http2)$/.test(name))).toEqual([]);
  });

  requireServer('versitygw')('into S3', () => {
    const server = useVersity();

    it('the threads of both caches, and nothing of HTTP/2', async () => {
      const { accessKeyId, secretAccessKey, endpoint } = server();
      const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const place = ['--store', 's3://bucket/p', '--s3-endpoint-url', endpoint, '--region', 'us-east-1'];
      const args = ['submit', sandbox.write('two.bin', 'two'), ...place];
      await startUp(args, env);
      const again = await startUp(args, env);
      expect(again.threads).toBe(2);
      expect(again.loaded).toContain('http');
      expect(again.loaded).not.toContain('http2');
    });
  });
});

it.each([
  ['a path that is not there', ['nowhere', '--store', 's']],
  ['no store', ['one.bin']],
  ['two stores', ['one.bin', '--store', 's', '--snapshot-to', 'd']],
])('a command line with %s opens no cache', async (_what, args) => {
  sandbox.write('one.bin', 'one');
  const cache = sandbox.join('cache-of-none');
  const { code } = await sandbox.run(['submit', ...args], { env: { RX_ATTACHMENTS_CACHE_DIR: cache } });
  expect(code).not.toBe(0);
  expect(existsSync(cache)).toBe(false);
});
