/**
 * The AWS SDK's client for Deadline Cloud, as the options say: region, endpoint, keys, proxies, trust and clock. The SDK
 * is loaded here, when it is needed first. Makes no call of the service.
 */
import type { DeadlineClient, DeadlineClientConfig } from '@aws-sdk/client-deadline';
import { bundledCertificates } from '../backends/s3/certificates.js';
import { configuredEndpoint } from '../backends/s3/configured-endpoint.js';
import { KeyRing } from '../backends/s3/credentials.js';
import { keyProvider } from '../backends/s3/key-providers.js';
import { plainAgents } from '../backends/s3/plain-agents.js';
import { proxiesOf } from '../backends/s3/proxies.js';
import { redact } from '../backends/s3/redact.js';
import { sdkLogger } from '../backends/s3/sdk-logger.js';
import {
  type CheckedS3Settings,
  checkEndpoint,
  checkS3Settings,
  FALLBACK_REGION,
  type S3Settings,
} from '../backends/s3/settings.js';
import { userAgentSuffix } from '../backends/s3/user-agent.js';
import { OptionError } from '../pipeline/errors.js';

/** How the service is reached; each member as in the options of an S3 store. */
export type DeadlineClientOptions = Pick<
  S3Settings,
  | 'region'
  | 'profile'
  | 'credentials'
  | 'endpoint'
  | 'useFips'
  | 'useDualstack'
  | 'caBundle'
  | 'connectTimeoutMs'
  | 'idleTimeoutMs'
  | 'env'
  | 'log'
  | 'clock'
>;

export type DeadlineSdk = typeof import('@aws-sdk/client-deadline');

export interface AwsClient {
  readonly sdk: DeadlineSdk;
  readonly client: DeadlineClient;
  readonly keys: KeyRing;
  readonly region: string;
  readonly settings: CheckedS3Settings;
}

/** Loads the SDK. Rejects with `OptionError` for an option, a variable or a config file that cannot be used. */
export async function awsClient(options: DeadlineClientOptions): Promise<AwsClient> {
  const settings = checkS3Settings(options);
  // Before the import: the SDK warns on stderr of the end of its support for this Node.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const [sdk, ca] = await Promise.all([import('@aws-sdk/client-deadline'), bundledCertificates(settings)]);
  const { region, endpoint } = await resolved(sdk, settings);
  const keys = new KeyRing(keyProvider(settings, region), {
    now: () => settings.clock.now(),
    log: settings.log,
    ...(settings.profile !== undefined && { profile: settings.profile }),
  });
  const { connectTimeoutMs, idleTimeoutMs } = settings;
  const client = new sdk.DeadlineClient({
    ...commonConfig(settings, region),
    ...endpointConfig(endpoint),
    // The ring keeps and refreshes them; the mark keeps the SDK from doing so again.
    credentials: Object.assign(async () => keys.current(), { memoized: true }),
    customUserAgent: userAgentSuffix(),
    requestHandler: {
      ...(await plainAgents(proxiesOf(settings.env), ca)),
      connectionTimeout: connectTimeoutMs,
      socketTimeout: idleTimeoutMs,
      logger: sdkLogger(settings.log),
    },
  });
  return { sdk, client, keys, region, settings };
}

function commonConfig(settings: CheckedS3Settings, region: string | undefined): DeadlineClientConfig {
  const { profile, useDualstack, useFips, log } = settings;
  return {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    // It would look at another profile than the one that the settings name.
    ignoreConfiguredEndpointUrls: true,
    ...(useDualstack !== undefined && { useDualstackEndpoint: useDualstack }),
    ...(useFips !== undefined && { useFipsEndpoint: useFips }),
    maxAttempts: 1,
    retryMode: 'standard',
    logger: sdkLogger(log),
  };
}

/** AWS's own hosts get `management.` or `scheduling.` before their names; a host that somebody names is meant as it is. */
function endpointConfig(endpoint: string | undefined): DeadlineClientConfig {
  return endpoint === undefined ? {} : { endpoint, disableHostPrefix: true };
}

interface Resolved {
  readonly region: string;
  /** That of the options, else the one that the environment or the profile names. */
  readonly endpoint: string | undefined;
}

/** What the SDK makes of options, environment and config files; without a region anywhere, of the fallback. */
async function resolved(
  sdk: DeadlineSdk,
  settings: CheckedS3Settings,
  region = settings.region,
): Promise<Resolved> {
  const client = new sdk.DeadlineClient(commonConfig(settings, region));
  try {
    const endpoint = settings.endpoint ?? (await configuredEndpoint('deadline', settings.profile));
    if (endpoint !== undefined) checkEndpoint('endpoint', endpoint);
    return { region: await client.config.region(), endpoint };
  } catch (cause) {
    if (cause instanceof OptionError) throw cause;
    const text = redact(cause instanceof Error ? cause.message : String(cause));
    if (region === undefined && /region is missing/i.test(text)) {
      return resolved(sdk, settings, FALLBACK_REGION);
    }
    throw new OptionError('region', `region and endpoint cannot be resolved: ${text}`, { cause });
  } finally {
    client.destroy();
  }
}
