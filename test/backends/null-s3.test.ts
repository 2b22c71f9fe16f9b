/** The benchmark's sink answers like a store that compares the digest: the client asks once, or never, and leaves it to the store. */
import { expect, it } from 'vitest';
import { connectS3 } from '../../src/backends/s3/connection.js';
import { createS3DirectClient } from '../../src/backends/s3-direct.js';
import { createS3SdkClient } from '../../src/backends/s3-sdk.js';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { useNullS3 } from '../faults/support-null-s3.js';
import { requireServer } from '../support/require-server.js';

requireServer('null-s3')('null-s3 gives the checksum of a PUT back', () => {
  const sink = useNullS3();

  it.each([
    ['direct', createS3DirectClient],
    ['sdk', createS3SdkClient],
  ] as const)('to the %s client, which asks no HEAD', async (_name, create) => {
    await sink().reset();
    const client = create(await connectS3(sink().settings()), { xxh128: hasher });
    for (const text of ['one', 'two', 'three']) {
      const bytes = Buffer.from(text);
      await client.putObject('bucket', text, bytes, { xxh128: xxh128(bytes) });
    }
    expect(client.features.xxh128).toBe('yes');
    expect(await sink().counts()).toMatchObject({ put: 3, head: 0 });
    await client.close();
  });

  it('and on HEAD when it is asked for', async () => {
    const digest = 'AAAAAAAAAAAAAAAAAAAAAA==';
    const url = `${sink().endpoint}/bucket/key`;
    const put = await fetch(url, {
      method: 'PUT',
      body: 'x',
      headers: { 'x-amz-checksum-xxhash128': digest },
    });
    expect(put.headers.get('x-amz-checksum-xxhash128')).toBe(digest);
    const head = (headers: Record<string, string>) => fetch(url, { method: 'HEAD', headers });
    expect((await head({})).headers.get('x-amz-checksum-xxhash128')).toBeNull();
    const asked = await head({ 'x-amz-checksum-mode': 'ENABLED' });
    expect(asked.headers.get('x-amz-checksum-xxhash128')).toBe(digest);
    expect(asked.headers.get('x-amz-checksum-type')).toBe('FULL_OBJECT');
  });
});
