/**
 * The port's contract on both S3 clients, over every transport and style of address, against a
 * real server: the same rows for both, so that neither can drift from the other.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConformanceCapabilities, storageClientConformance } from '../../src/backends/conformance.js';
import { connectS3, type S3Connection } from '../../src/backends/s3/connection.js';
import type { S3Client } from '../../src/backends/s3/s3-client.js';
import type { S3Settings } from '../../src/backends/s3/settings.js';
import { createS3DirectClient } from '../../src/backends/s3-direct.js';
import { createS3SdkClient } from '../../src/backends/s3-sdk.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity, type VersityServer } from '../support/versitygw.js';

const describeS3 = requireServer('versitygw');
/** What S3, and this server, cannot give. */
const CAPABILITIES: Partial<ConformanceCapabilities> = {
  missingBucket: 'no-such-bucket',
  checksWithoutBody: false, // bytes of copies and of joined parts never come by
  minPartBytes: 5 * 1024 * 1024,
  repeatsCompletion: true,
  recallsCancelledPuts: false,
  keysBelowKeys: false, // this server's objects are files
};

const clients: [string, (connection: S3Connection) => S3Client][] = [
  ['s3-direct', (connection) => createS3DirectClient(connection, { xxh128: hasher })],
  ['s3-sdk', (connection) => createS3SdkClient(connection, { xxh128: hasher })],
];

/** One server knows both styles: it takes the host's first label for a bucket, or, called by its address, the path's. */
const styles: [string, (server: VersityServer) => S3Settings][] = [
  ['path style', (server) => server.settings({ endpoint: server.origin, forcePathStyle: true })],
  ['virtual-hosted', (server) => server.settings()],
];

/** Makes 1,001 objects, which takes as long as all other cases; once per client is enough. */
const LONG = '1001 objects come complete, in order and in pages';

describe.each([
  ['HTTP', false],
  ['HTTPS with a private authority', true],
] as const)('%s', (_transport, tls) => {
  describeS3('one server', () => {
    const server = useVersity({ tls, virtualDomain: true });
    const directory = tempDir('s3-conformance');

    describe.each(styles)('%s', (style, settings) => {
      const cases = storageClientConformance().filter(
        ({ name }) => name !== LONG || (tls && style === 'path style'),
      );

      describe.each(clients)('%s', (name, create) => {
        let client: S3Client;
        let bucket: string;
        beforeAll(async () => {
          bucket = server().newBucket();
          server().clearRequests();
          client = create(await connectS3(settings(server())));
        });
        afterAll(() => client?.close());

        it.each(cases.map((each) => [each.name, each] as const))('%s', async (_name, each) => {
          const env = { client, bucket, prefix: 'root/', directory, xxh128: hasher };
          await each.run({ ...env, capabilities: CAPABILITIES });
        });

        it('sent its requests as it was told to, and found out what the server supports', async () => {
          const { origin, pathPrefix } = await client.connection.target(bucket);
          expect(new URL(origin).protocol).toBe(tls ? 'https:' : 'http:');
          expect(pathPrefix).toBe(style === 'path style' ? `/${bucket}` : '');
          expect(client.features).toMatchObject({ xxh128: 'yes', crc32: true, conditionalWrites: true });
          expect(client.features.fullObjectChecksum).toBe(true);
          expect(server().count('PutObject'), name).toBeGreaterThan(100);
        });
      });
    });
  });
});
