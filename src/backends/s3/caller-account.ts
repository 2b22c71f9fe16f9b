/**
 * Asks STS whose keys these are, at the endpoint of the region: 3 tries of 2 seconds
 * (spec/storage.md 2.2). Loads the SDK's STS client when it is first asked.
 */
import { Agent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { AskAccount } from './owner.js';
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
  const [{ STSClient }, { NodeHttpHandler }] = await Promise.all([
    import('@aws-sdk/client-sts'),
    import('@smithy/node-http-handler'),
  ]);
  const { profile, useDualstack, useFips, log } = settings;
  const agents = await agentsFor(proxyFor, ca && trusting(ca));
  return new STSClient({
    region,
    credentials: keys,
    maxAttempts: 1,
    ...(profile !== undefined && { profile }),
    ...(useDualstack !== undefined && { useDualstackEndpoint: useDualstack }),
    ...(useFips !== undefined && { useFipsEndpoint: useFips }),
    logger: sdkLogger(log),
    requestHandler: new NodeHttpHandler({ connectionTimeout: STS_TIMEOUT_MS, ...agents }),
  });
}

/** Agents for a proxy or a bundle; none where the handler's own will do. */
async function agentsFor(proxyFor: ProxyFor, secureContext: SecureContext | undefined) {
  const trust = secureContext && { secureContext };
  const mayHaveProxy = ['https', 'http'].some(
    (scheme) => proxyFor(`${scheme}://any.host.invalid/`) !== undefined,
  );
  if (!mayHaveProxy) return trust ? { httpsAgent: new Agent(trust) } : {};
  const { ProxyAgent } = await import('proxy-agent');
  const agent = new ProxyAgent({
    ...trust,
    getProxyForUrl: (_url, request) =>
      proxyFor(`${request.protocol}//${String(request.getHeader('host'))}/`) ?? '',
  });
  return { httpAgent: agent, httpsAgent: agent as unknown as Agent };
}

function trusting(ca: readonly string[]): SecureContext {
  const context = createSecureContext();
  for (const certificate of ca) context.context.addCACert(certificate);
  return context;
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
