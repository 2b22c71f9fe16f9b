/** The SDK's own client for a test server: the independent party in tests of the helpers. One try, no redirects. */

import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { S3Credentials } from '../../src/backends/s3/settings.js';
import type { VersityServer } from './versity-server.js';

/** `endpoint` replaces the server's own, for a proxy in front of it. */
export function sdkClient(
  server: VersityServer,
  credentials: S3Credentials = server.credentials,
  endpoint = server.endpoint,
): S3Client {
  const { forcePathStyle = true, lookup } = server.settings();
  const ca = server.caFile === undefined ? undefined : readFileSync(server.caFile);
  const agent = { keepAlive: true, maxSockets: 16, ca, lookup: lookupBy(lookup) };
  return new S3Client({
    region: server.region,
    endpoint,
    forcePathStyle,
    credentials,
    maxAttempts: 1,
    requestHandler: new NodeHttpHandler({
      httpAgent: new HttpAgent(agent),
      httpsAgent: new HttpsAgent(agent),
    }),
  });
}

function lookupBy(find: ((name: string) => string | undefined) | undefined): LookupFunction {
  return (hostname, options, done) => {
    const address = find?.(hostname) ?? hostname;
    const error = isIP(address) === 0 ? new Error(`no address for ${hostname}`) : null;
    if (options.all === true) done(error, [{ address, family: 4 }]);
    else done(error, address, 4);
  };
}
