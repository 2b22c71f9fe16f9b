/**
 * The sockets of the SDK client: how many, whom TLS trusts, which address a host has, and
 * which proxy is between. Knows no S3.
 */
import { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { S3Connection } from '../s3/connection.js';
import { AUTO_CONNECTIONS } from '../s3/settings.js';

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Closes the sockets that wait for their next request, so that it gets a new one. */
export function dropIdleSockets({ httpAgent, httpsAgent }: Agents): void {
  for (const agent of [httpAgent, httpsAgent]) {
    for (const sockets of Object.values(agent.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Agents that mostly keep their sockets; with a proxy in the environment, ones that ask for it per request. */
export async function createAgents(connection: S3Connection, keepAlive = true): Promise<Agents> {
  const options = socketOptions(connection, keepAlive);
  const direct = { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  if (!mayHaveProxy(connection)) return direct;
  const { ProxyAgent } = await import('proxy-agent');
  const proxied = new ProxyAgent({
    ...options,
    ...direct,
    getProxyForUrl: (_url, request) =>
      connection.proxyFor(`${request.protocol}//${String(request.getHeader('host'))}/`) ?? '',
  });
  return { httpAgent: proxied, httpsAgent: proxied as unknown as HttpsAgent };
}

function socketOptions({ settings, ca }: S3Connection, keepAlive: boolean) {
  const { maxConnections } = settings;
  // With `auto` the rate policy decides how many are used; this is only its ceiling.
  const maxSockets = maxConnections === 'auto' ? AUTO_CONNECTIONS.most : maxConnections;
  return {
    keepAlive,
    maxSockets,
    maxFreeSockets: maxSockets,
    ...(settings.lookup && { lookup: lookupBefore(settings.lookup) }),
    ...(ca && { secureContext: trusting(ca) }),
  };
}

/** Asks about a host that no exception names, so that a direct store does not pay for the proxy's agent. */
function mayHaveProxy({ proxyFor }: S3Connection): boolean {
  return ['http', 'https'].some((scheme) => proxyFor(`${scheme}://any.host.invalid/`) !== undefined);
}

/** The system's certificates and `NODE_EXTRA_CA_CERTS`, which the option `ca` would replace, and `ca`. Made once: it takes milliseconds. */
function trusting(ca: readonly string[]): SecureContext {
  const context = createSecureContext();
  for (const certificate of ca) context.context.addCACert(certificate);
  return context;
}

function lookupBefore(override: (hostname: string) => string | undefined): LookupFunction {
  return (hostname, options, callback) => {
    const address = override(hostname);
    if (address === undefined) systemLookup(hostname, options, callback);
    else if (options.all) callback(null, [{ address, family: isIP(address) }]);
    else callback(null, address, isIP(address));
  };
}
