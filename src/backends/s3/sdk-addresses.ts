/**
 * Region and addresses as the SDK resolves them: partitions, FIPS, dual-stack, profiles,
 * `AWS_ENDPOINT_URL_S3` and all the rest stay its business. It is asked through its public face:
 * a client is given a request for each bucket, and tells where it would have sent it. Nothing is sent.
 */
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import { OptionError } from '../../pipeline/errors.js';
import { configuredEndpoint } from './configured-endpoint.js';
import { redact } from './redact.js';
import { sdkLogger } from './sdk-logger.js';
import { type CheckedS3Settings, FALLBACK_REGION } from './settings.js';
import type { S3Target } from './target.js';

export interface SdkAddresses {
  readonly region: string;
  /** URL of the endpoint that the settings, the environment or the profile name, if any. */
  readonly endpoint: string | undefined;
  target(bucket: string): Promise<S3Target>;
}

/** What the SDK hands to its HTTP handler. */
interface BuiltRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Resolved {
  readonly region: string;
  readonly useFips: boolean;
  readonly endpoint: string | undefined;
}

type Sdk = typeof import('@aws-sdk/client-s3');

/** Loads the SDK. Rejects with `OptionError` for a region or a config file that it refuses. */
export async function sdkAddresses(settings: CheckedS3Settings): Promise<SdkAddresses> {
  // Before the import: the SDK warns on stderr of the end of its support for this release of Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const sdk = await import('@aws-sdk/client-s3');
  const { region, useFips, endpoint } = await resolved(sdk, settings);
  const client = new sdk.S3Client({
    ...clientConfig(settings, region),
    ...(endpoint !== undefined && { endpoint }),
    useFipsEndpoint: useFips,
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    requestHandler: { handle: async (request: BuiltRequest) => Promise.reject(new Built(request)) } as never,
  });
  return { region, endpoint, target: (bucket) => targetOf(sdk, client, region, bucket) };
}

/** What the SDK makes of settings, environment and config files; without a region anywhere, of the fallback. */
async function resolved(sdk: Sdk, settings: CheckedS3Settings, region = settings.region): Promise<Resolved> {
  const { config } = new sdk.S3Client(clientConfig(settings, region));
  try {
    return {
      region: await config.region(),
      // A region may be written with `fips`.
      useFips: await config.useFipsEndpoint(),
      endpoint: settings.endpoint ?? (await configuredEndpoint('s3', settings.profile)),
    };
  } catch (cause) {
    if (cause instanceof OptionError) throw cause;
    const isMissing = region === undefined && /region is missing/i.test(textOf(cause));
    if (isMissing) return resolved(sdk, settings, FALLBACK_REGION);
    throw new OptionError('region', `region and endpoint cannot be resolved: ${textOf(cause)}`, { cause });
  }
}

function clientConfig(settings: CheckedS3Settings, region: string | undefined): S3ClientConfig {
  const { profile, endpoint, useDualstack, useFips, log } = settings;
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
    // It would look at another profile than the one that the settings name.
    ignoreConfiguredEndpointUrls: true,
    ...(useDualstack !== undefined && { useDualstackEndpoint: useDualstack }),
    ...(useFips !== undefined && { useFipsEndpoint: useFips }),
    // Any keys will do: the request is signed to see for which region, and goes nowhere.
    credentials: { accessKeyId: 'unused', secretAccessKey: 'unused' },
    maxAttempts: 1,
    disableS3ExpressSessionAuth: true,
    followRegionRedirects: false,
    logger: sdkLogger(log),
  };
}

/** Thrown in place of sending. */
class Built extends Error {
  constructor(readonly request: BuiltRequest) {
    super('only the address was wanted');
  }
}

async function targetOf(sdk: Sdk, client: S3Client, region: string, bucket: string): Promise<S3Target> {
  const command = new sdk.HeadBucketCommand({ Bucket: bucket });
  const outcome: unknown = await client.send(command).catch((cause: unknown) => cause);
  if (!(outcome instanceof Built)) throw unusable(bucket, outcome);
  return targetIn(outcome.request, region, bucket);
}

const SCOPE = /Credential=[^/]+\/\d{8}\/([^/]+)\/([^/]+)\//;

function targetIn(
  { protocol, hostname, port, path, headers }: BuiltRequest,
  region: string,
  bucket: string,
): S3Target {
  const [, signingRegion = region, service] = SCOPE.exec(headers['authorization'] ?? '') ?? [];
  if (service !== 's3') throw unusable(bucket, new Error(`it belongs to the service ${String(service)}`));
  return {
    origin: new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`).origin,
    pathPrefix: path.replace(/\/+$/, ''),
    signingRegion,
    signingService: 's3',
  };
}

function unusable(bucket: string, cause: unknown): OptionError {
  return new OptionError('bucket', `${JSON.stringify(bucket)} cannot be used: ${textOf(cause)}`, { cause });
}

function textOf(cause: unknown): string {
  return redact(cause instanceof Error ? cause.message : String(cause));
}
