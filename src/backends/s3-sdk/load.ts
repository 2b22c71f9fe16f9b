/**
 * Loads the SDK on first use and sets it up as spec/storage.md 2.3 demands: no retries, no
 * checksums of its own, no `Expect`, sockets, region, endpoint, keys and clock of the connection.
 */
import type { S3Client as AwsClient, S3ClientConfig } from '@aws-sdk/client-s3';
import type { S3Connection } from '../s3/connection.js';
import { sdkLogger } from '../s3/sdk-logger.js';
import type { S3Target } from '../s3/target.js';
import { userAgentSuffix } from '../s3/user-agent.js';
import { type Agents, createAgents, dropIdleSockets } from './agents.js';
import { addMiddleware } from './middleware.js';

/** The SDK's modules, and the one client. */
export interface Sdk {
  readonly s3: typeof import('@aws-sdk/client-s3');
  readonly storage: typeof import('@aws-sdk/lib-storage');
  readonly client: AwsClient;
  /** The same client with a new connection for every request; made when it is asked for first. */
  fresh(): Promise<AwsClient>;
  /** Lets the next requests travel on new connections. */
  dropIdle(): void;
  destroy(): void;
}

/** Never reached: `endpointProvider` decides. A client that has none reads the user's config files for one. */
const UNUSED_ENDPOINT = 'https://s3.amazonaws.com';

export async function loadSdk(connection: S3Connection): Promise<Sdk> {
  // Before the import: the SDK warns on stderr of the end of its support for this Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const [s3, storage, agents] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/lib-storage'),
    createAgents(connection),
  ]);
  const make = (made: S3ClientConfig): AwsClient => {
    const client = new s3.S3Client(made);
    addMiddleware(client, connection);
    return client;
  };
  const client = make(clientConfig(connection, agents));
  let other: Promise<AwsClient> | undefined;
  const fresh = (): Promise<AwsClient> => {
    other ??= createAgents(connection, false).then((once) => make(clientConfig(connection, once)));
    return other;
  };
  const destroy = (): void => {
    client.destroy();
    void other?.then((made) => made.destroy());
  };
  return { s3, storage, client, fresh, dropIdle: () => dropIdleSockets(agents), destroy };
}

function clientConfig(connection: S3Connection, agents: Agents): S3ClientConfig {
  const { settings, region } = connection;
  const { endpoint = UNUSED_ENDPOINT, connectTimeoutMs, idleTimeoutMs } = settings;
  return {
    region,
    endpoint,
    endpointProvider: ({ Bucket }) => endpointOf(connection, String(Bucket ?? '')),
    // The connection keeps and refreshes them; the mark keeps the SDK from doing so again.
    credentials: Object.assign(async () => connection.credentials(), { memoized: true }),
    maxAttempts: 1,
    retryMode: 'standard',
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    followRegionRedirects: false,
    // What would otherwise be read from config files; the connection has resolved it.
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    defaultsMode: 'standard',
    customUserAgent: userAgentSuffix(),
    logger: sdkLogger(settings.log),
    requestHandler: {
      ...agents,
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      logger: sdkLogger(settings.log),
    },
  };
}

/** Where a bucket's requests go. Asked only after the target is known, see `calls.ts`. */
function endpointOf(connection: S3Connection, bucket: string) {
  const { origin, pathPrefix, signingRegion, signingService } = known(connection.target(bucket));
  const signing = { name: 'sigv4', signingName: signingService, signingRegion };
  const scheme = { ...signing, disableDoubleEncoding: true, properties: {} };
  return { url: new URL(origin + pathPrefix), properties: { authSchemes: [scheme] } };
}

function known(target: S3Target | Promise<S3Target>): S3Target {
  if (target instanceof Promise) throw new Error('the target of the bucket was not resolved before the call');
  return target;
}
