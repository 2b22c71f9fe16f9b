/**
 * A proxy in front of a real S3 server that does what networks, S3 and portals do at bad moments. It speaks HTTP/1.1 with
 * keep-alive, streams bodies, leaves requests as they were signed (the Host header is the proxy's own address, which the
 * client signed), and uses one connection to the server per connection of a client.
 *
 *     const server = useVersity();
 *     const proxy = useFaultProxy(server);                       // a fresh one for each test, checked at its end
 *     it('…', async () => {
 *       const rule = proxy().inject({ match: { operation: 'PutObject', key: /^Data\// }, times: 2, fault: slowDown() });
 *       proxy().inject({ match: { operation: 'GetObject' }, fault: cutResponse(1000) });       // once
 *       proxy().inject({ chance: 0.5, forMs: 60_000, fault: slowDown() });                     // half of all, for a minute
 *       const client = …(server().settings({ endpoint: proxy().endpoint }));
 *       …
 *       expect(proxy().count('HeadObject')).toBe(3);
 *       expect(proxy().requests.map(({ operation, status, fault }) => …));
 *     });
 *
 * Faults are in `fault.ts` (connections, bodies, headers) and `s3-faults.ts` (S3's error answers); when they apply is in
 * `fault-rules.ts`. Of several rules the first one injected that strikes counts. A rule that did not strike as often as it
 * says makes `verify()` and `stop()` throw, unless it is `optional`.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { afterEach, beforeEach } from 'vitest';
import { certificates, VIRTUAL_DOMAIN } from './certificates.js';
import { transcript } from './fault-log.js';
import { type FaultProxy, type FaultProxyOptions, RunningProxy } from './fault-server.js';
import type { VersityServer } from './versity-server.js';

export type { FaultProxy, FaultProxyOptions };

/** `server`: a running versitygw, or an origin such as `http://127.0.0.1:9000`. */
export async function startFaultProxy(
  server: VersityServer | string,
  options: FaultProxyOptions = {},
): Promise<FaultProxy> {
  const origin = typeof server === 'string' ? server : server.origin;
  const isVirtual = typeof server !== 'string' && server.endpoint.includes(VIRTUAL_DOMAIN);
  const url = new URL(origin);
  const caFile = typeof server === 'string' ? (await certificates()).caFile : server.caFile;
  const ca = url.protocol === 'https:' && caFile !== undefined ? readFileSync(caFile, 'utf8') : undefined;
  const tls = options.tls ?? url.protocol === 'https:';
  const listening = tls ? createHttps(await certificates()) : createHttp();
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return new RunningProxy(listening, { url, ca }, { ...options, tls, isVirtual });
}

/** A fresh proxy for each test of the file or `describe`. What went through it is printed when the test fails. */
export function useFaultProxy(
  server: () => VersityServer,
  options: FaultProxyOptions = {},
): () => FaultProxy {
  let proxy: FaultProxy | undefined;
  beforeEach(async ({ onTestFailed }) => {
    const started = await startFaultProxy(server(), options);
    onTestFailed(() => console.error(transcript(started.requests)));
    proxy = started;
  });
  afterEach(() => proxy?.stop());
  return () => {
    if (proxy === undefined) throw new Error('the proxy is there within tests only');
    return proxy;
  };
}
