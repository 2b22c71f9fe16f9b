/**
 * The connections of one client, by origin, and the way to each: direct, through a tunnel (TLS), or by asking a
 * proxy for the whole URL (plain HTTP). Knows no S3.
 */
import type { Answer } from './answer.js';
import { Connections } from './connections.js';
import { type ConnectorOptions, createConnector } from './connector.js';
import type { WireRequest } from './exchange.js';
import { proxyAuthorization } from './proxy-tunnel.js';

export interface WireOptions extends Omit<ConnectorOptions, 'proxy' | 'isSecure'> {
  readonly idleTimeoutMs: number;
  /** Most connections to one origin. */
  readonly maxConnections: number;
  readonly proxyFor: (url: string) => string | undefined;
}

interface Way {
  readonly connections: Connections;
  /** What stands before the path, and which headers are added, when a proxy is asked for the whole URL. */
  readonly before: string;
  readonly headers: readonly string[];
}

export class Wire {
  readonly #ways = new Map<string, Way>();

  constructor(private readonly options: WireOptions) {}

  send(origin: string, request: WireRequest): Promise<Answer> {
    const way = this.#way(origin);
    if (way.before === '') return way.connections.send(request);
    const headers = [...request.headers, ...way.headers];
    return way.connections.send({ ...request, headers, target: way.before + request.target });
  }

  /** Lets the next requests to `origin` travel on fresh connections. */
  refresh(origin: string): void {
    this.#ways.get(origin)?.connections.refresh();
  }

  close(): void {
    for (const { connections } of this.#ways.values()) connections.close();
  }

  #way(origin: string): Way {
    let way = this.#ways.get(origin);
    if (!way) {
      way = this.#open(origin);
      this.#ways.set(origin, way);
    }
    return way;
  }

  #open(origin: string): Way {
    const proxy = this.options.proxyFor(`${origin}/`);
    if (proxy === undefined)
      return { connections: this.#connections(origin, undefined), before: '', headers: [] };
    if (origin.startsWith('https:')) {
      return { connections: this.#connections(origin, proxy), before: '', headers: [] };
    }
    const url = new URL(proxy);
    const authorization = proxyAuthorization(url);
    const headers = ['host', new URL(origin).host];
    if (authorization !== undefined) headers.push('proxy-authorization', authorization);
    return { connections: this.#connections(url.origin, undefined), before: origin, headers };
  }

  #connections(origin: string, proxy: string | undefined): Connections {
    const { connectTimeoutMs, ca, lookup, idleTimeoutMs, maxConnections } = this.options;
    const isSecure = origin.startsWith('https:');
    const connect = createConnector({ isSecure, connectTimeoutMs, ca, lookup, proxy });
    return new Connections({ origin, connect, idleTimeoutMs }, maxConnections);
  }
}
