/**
 * Asks STS whose keys these are, at the endpoint of the region: 3 tries of 2 seconds
 * (spec/storage.md 2.2). Loads the SDK's STS client when it is first asked.
 */
import type { AskAccount } from './owner.js';
import { plainAgents } from './plain-agents.js';
import type { ProxyFor } from './proxies.js';
import { sdkLogger } from './sdk-logger.js';
import type { CheckedS3Settings, S3Credentials } from './settings.js';

export interface CallerAccountDeps {
  readonly settings: CheckedS3Settings;
  readonly region: string;
  readonly proxyFor: ProxyFor;
  /** PEM certificates to trust beside the system's. */
  readonly ca: readonly string[] | undefined;
}

export const STS_TRIES = 3;
export const STS_TIMEOUT_MS = 2_000;

/** The function that asks. */
export function callerAccount(deps: CallerAccountDeps): AskAccount {
  return async (keys) => {
    process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const client = await stsClient(deps, keys);
    try {
      for (let attempt = 1; ; attempt++) {
        const abortSignal = AbortSignal.timeout(STS_TIMEOUT_MS);
        try {
          return accountIn(await client.send(new GetCallerIdentityCommand({}), { abortSignal }));
        } catch (error) {
          if (attempt === STS_TRIES || isRefusal(error)) throw error;
        }
      }
    } finally {
      client.destroy();
    }
  };
}

async function stsClient({ settings, region, proxyFor, ca }: CallerAccountDeps, keys: S3Credentials) {
  const [{ STSClient }, { NodeHttpHandler }, { configuredEndpoint }] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('@smithy/node-http-handler'),
    import('./configured-endpoint.js'),
  ]);
  const { profile, useDualstack, useFips, log } = settings;
  const [agents, endpoint] = await Promise.all([
    plainAgents(proxyFor, ca),
    configuredEndpoint('sts', profile),
  ]);
  return new STSClient({
    region,
    credentials: keys,
    maxAttempts: 1,
    // The SDK would look at another profile than the one that the settings name, and these keys are none of its.
    ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint }),
    ...(profile !== undefined && { profile }),
    ...(useDualstack !== undefined && { useDualstackEndpoint: useDualstack }),
    ...(useFips !== undefined && { useFipsEndpoint: useFips }),
    logger: sdkLogger(log),
    requestHandler: new NodeHttpHandler({ connectionTimeout: STS_TIMEOUT_MS, ...agents }),
  });
}

function accountIn({ Account }: { readonly Account?: string | undefined }): string {
  if (Account === undefined || !/^\d{12}$/.test(Account)) throw new Error('STS named no account');
  return Account;
}

/** A clear no, which another try would only hear again. */
function isRefusal(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode ?? 0;
  return status >= 400 && status < 500 && status !== 429;
}
