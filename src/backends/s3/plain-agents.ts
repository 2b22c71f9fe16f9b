/**
 * Sockets for the few calls that the AWS SDK makes beside the store, such as those to STS: through the proxy of the
 * environment, and trusting a bundle. Opens no connection. Loads HTTPS only where agents are made: most runs make none.
 */
import type { Agent } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { ProxyFor } from './proxies.js';

/** Agents for a proxy or a bundle of PEM certificates; none where the SDK's own will do. */
export async function plainAgents(proxyFor: ProxyFor, ca: readonly string[] | undefined) {
  const trust = ca && { secureContext: await trusting(ca) };
  const mayHaveProxy = ['https', 'http'].some(
    (scheme) => proxyFor(`${scheme}://any.host.invalid/`) !== undefined,
  );
  if (!mayHaveProxy) {
    if (!trust) return {};
    const https = await import('node:https');
    return { httpsAgent: new https.Agent(trust) };
  }
  const { ProxyAgent } = await import('proxy-agent');
  const agent = new ProxyAgent({
    ...trust,
    getProxyForUrl: (_url, request) =>
      proxyFor(`${request.protocol}//${String(request.getHeader('host'))}/`) ?? '',
  });
  return { httpAgent: agent, httpsAgent: agent as unknown as Agent };
}

async function trusting(ca: readonly string[]): Promise<SecureContext> {
  const { createSecureContext } = await import('node:tls');
  const context = createSecureContext();
  for (const certificate of ca) context.context.addCACert(certificate);
  return context;
}
