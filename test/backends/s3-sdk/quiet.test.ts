/** The SDK warns on stderr of Node versions that it will not support; a command line must not. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));

it('nothing is written to stderr, and nothing is loaded before the first call, with one signal for many calls', () => {
  const text = `
    import { connectS3 } from '${DIST}backends/s3/connection.js';
    import { createS3SdkClient } from '${DIST}backends/s3-sdk.js';
    import { hasher } from '${DIST}hashing/xxh128.js';
    const credentials = { accessKeyId: 'A', secretAccessKey: 'S' };
    const connection = await connectS3({ endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials, env: {} });
    const client = createS3SdkClient(connection, { xxh128: hasher });
    console.log(process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ?? 'not loaded');
    const { signal } = new AbortController();
    const heads = Array.from({ length: 20 }, () => client.headObject('bucket', 'k', { signal }));
    console.log(new Set((await Promise.allSettled(heads)).map(({ reason }) => reason.kind)));
    await client.close();
  `;
  const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...env } = process.env;
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', text], { env, encoding: 'utf8' });
  expect(child.stderr).toBe('');
  expect(child.stdout).toBe("not loaded\nSet(1) { 'Network' }\n");
});
