/**
 * How connections to one origin are made: name resolution, trust, time limit, and a tunnel through a proxy.
 * Knows no request.
 */
import { lookup as systemLookup } from 'node:dns';
import { isIPv6, type LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import { tunnel } from './proxy-tunnel.js';

export interface ConnectorOptions {
  /** Whether the origin speaks HTTPS. */
  readonly isSecure: boolean;
  readonly connectTimeoutMs: number;
  readonly ca: readonly string[] | undefined;
  /** IP address of a host name, or `undefined` to ask the system. */
  readonly lookup: ((hostname: string) => string | undefined) | undefined;
  /** A proxy to tunnel through. */
  readonly proxy: string | undefined;
}

export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const { connectTimeoutMs: timeout, lookup, proxy } = options;
  // Reading the system's certificates takes 40 ms, which plain HTTP need not pay.
  const secureContext = options.isSecure ? trusting(options.ca ?? []) : undefined;
  const direct = buildConnector({
    timeout,
    ...(secureContext && { secureContext }),
    ...(lookup && { lookup: lookupBy(lookup) }),
  } as buildConnector.BuildOptions);
  if (proxy === undefined) return direct;
  return (request, done) => {
    tunnel({
      proxy,
      host: request.hostname,
      port: request.port || '443',
      timeoutMs: timeout,
      ...(secureContext && { secureContext }),
    }).then(
      (httpSocket) => direct({ ...request, httpSocket }, done),
      (cause: Error) => done(cause, null),
    );
  };
}

/** The system's certificates and `NODE_EXTRA_CA_CERTS`, as ever, and `ca`. One for all connections: making it takes milliseconds. */
function trusting(ca: readonly string[]): SecureContext {
  const context = createSecureContext();
  for (const pem of ca) {
    for (const certificate of pem.match(CERTIFICATE) ?? []) context.context.addCACert(certificate);
  }
  return context;
}

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** `lookup` of `net.connect`, which asks for one address or for all. */
function lookupBy(own: (hostname: string) => string | undefined): LookupFunction {
  return (hostname, options, done) => {
    const address = own(hostname);
    if (address === undefined) {
      systemLookup(hostname, options, done);
      return;
    }
    const family = isIPv6(address) ? 6 : 4;
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}
