/**
 * Sockets for the few calls that the AWS SDK makes beside the store, such as those to STS: through the proxy of the
 * environment, and trusting a bundle. Opens no connection.
 */
import { Agent } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { ProxyFor } from './proxies.js';

/** Agents for a proxy or a bundle of PEM certificates; none where the SDK's own will do. */
export async function plainAgents(proxyFor: ProxyFor, ca: readonly string[] | undefined) {
  const trust = ca && { secureContext: trusting(ca) };
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
