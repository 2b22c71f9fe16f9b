/** What a test sees of a running fault proxy (see `fault-proxy.ts`), and its connections and requests. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { VIRTUAL_DOMAIN } from './certificates.js';
import type { Fault } from './fault.js';
import { ProxyConnection, type Target } from './fault-connection.js';
import { runExchange } from './fault-exchange.js';
import { type OpenRequest, type ProxiedRequest, redacted } from './fault-log.js';
import { ActiveRule, type FaultRule, type InjectedRule } from './fault-rules.js';
import { parseS3Request, type S3Operation } from './s3-request.js';
import { seeded } from './seeded.js';
import { ACCOUNT, SECRET } from './versity-server.js';

export interface FaultProxyOptions {
  /** HTTPS to the clients, with the certificate of `certificates.ts`. Default: as the server. */
  readonly tls?: boolean;
  /** Decides what `chance` strikes. Default: 1. */
  readonly seed?: number;
  /** Whether `stop()` complains about rules that did not strike. Default: `true`. */
  readonly strict?: boolean;
}

export interface FaultProxy {
  /** URL for clients, in the server's style (`s3.localhost` with a virtual domain). */
  readonly endpoint: string;
  readonly port: number;
  /** In the order of arrival; grows, and entries in flight are filled in. */
  readonly requests: readonly ProxiedRequest[];
  /** Connections that clients have opened, and those that are open now. */
  readonly connections: { readonly total: number; readonly open: number };
  /** Requests that are being served now, and the most there ever were at once. */
  readonly inFlight: { readonly now: number; readonly peak: number };
  inject(rule: FaultRule): InjectedRule;
  /** Requests of an operation (`HeadObject`) or a method (`HEAD`), whatever became of them. */
  count(operationOrMethod: S3Operation | (string & {})): number;
  /** Closes every open connection, as a restarted load balancer does. */
  closeConnections(): void;
  /** Forgets rules and requests. */
  clear(): void;
  /** Throws when a rule did not strike as often as it says. */
  verify(): void;
  /** Closes everything, then verifies. */
  stop(): Promise<void>;
}

/** Options with everything decided. */
export interface ProxySettings extends FaultProxyOptions {
  readonly tls: boolean;
  readonly isVirtual: boolean;
}

export class RunningProxy implements FaultProxy {
  readonly endpoint: string;
  readonly port: number;
  readonly requests: OpenRequest[] = [];
  readonly connections = { total: 0, open: 0 };
  readonly inFlight = { now: 0, peak: 0 };
  readonly #listening: Server;
  readonly #target: Target;
  readonly #options: ProxySettings;
  readonly #random: () => number;
  readonly #open = new Map<Socket, ProxyConnection>();
  /** Sockets below TLS, by the port of the client. */
  readonly #raw = new Map<number, Socket>();
  readonly #startedMs = performance.now();
  #rules: ActiveRule[] = [];

  /** `listening` listens already. */
  constructor(listening: Server, target: Target, options: ProxySettings) {
    this.port = (listening.address() as AddressInfo).port;
    const host = options.isVirtual ? VIRTUAL_DOMAIN : '127.0.0.1';
    this.endpoint = `${options.tls ? 'https' : 'http'}://${host}:${this.port}`;
    this.#listening = listening;
    this.#target = target;
    this.#options = options;
    this.#random = seeded(options.seed ?? 1);
    // The server's own limits shall be what clients see.
    Object.assign(listening, { keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, timeout: 0 });
    listening.on('connection', (socket: Socket) => this.#accept(socket));
    if (options.tls) listening.on('secureConnection', (socket: Socket) => this.#secure(socket));
    listening.on('request', (request, response) => this.#serve(request, response, false));
    listening.on('checkContinue', (request, response) => this.#serve(request, response, true));
    listening.on('clientError', (_error, socket) => void socket.destroy());
  }

  inject(rule: FaultRule): InjectedRule {
    const active = new ActiveRule(rule, this.#random);
    this.#rules.push(active);
    return active;
  }

  count(operationOrMethod: string): number {
    const isCounted = ({ operation, method }: ProxiedRequest): boolean =>
      operation === operationOrMethod || method === operationOrMethod;
    return this.requests.filter(isCounted).length;
  }

  closeConnections(): void {
    for (const connection of this.#open.values()) connection.destroy();
  }

  clear(): void {
    this.#rules = [];
    this.requests.length = 0;
  }

  verify(): void {
    const complaints = this.#rules.flatMap((rule) => rule.complaint() ?? []);
    if (complaints.length > 0) throw new Error(`fault rules: ${complaints.join('; ')}`);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#listening.close(resolve));
    this.closeConnections();
    for (const socket of this.#raw.values()) socket.destroy();
    await closed;
    if (this.#options.strict !== false) this.verify();
  }

  #accept(raw: Socket): void {
    const port = raw.remotePort ?? 0;
    this.#raw.set(port, raw);
    raw.once('close', () => this.#raw.delete(port));
    raw.on('error', () => raw.destroy());
    if (!this.#options.tls) this.#connect(raw, raw);
  }

  #secure(socket: Socket): void {
    const raw = this.#raw.get(socket.remotePort ?? 0);
    if (raw !== undefined) this.#connect(socket, raw);
  }

  #connect(socket: Socket, raw: Socket): void {
    this.#open.set(socket, new ProxyConnection(this.connections.total, socket, raw, this.#target));
    this.connections.total += 1;
    this.connections.open += 1;
    socket.once('close', () => {
      this.#open.delete(socket);
      this.connections.open -= 1;
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const connection = this.#open.get(request.socket);
    if (connection === undefined) return void request.socket.destroy();
    response.sendDate = false;
    const log = this.#note(request, connection);
    const fault = this.#strike(log);
    this.inFlight.now += 1;
    this.inFlight.peak = Math.max(this.inFlight.peak, this.inFlight.now);
    response.once('close', () => {
      this.inFlight.now -= 1;
      log.endedMs = performance.now() - this.#startedMs;
    });
    const keys = { accessKeyId: ACCOUNT, secretAccessKey: SECRET };
    void runExchange({ request, response, connection, fault, log, keys, expectsContinue });
  }

  #note(request: IncomingMessage, connection: ProxyConnection): OpenRequest {
    const { method = '', url = '/', headers } = request;
    const domain = this.#options.isVirtual ? VIRTUAL_DOMAIN : undefined;
    const log: OpenRequest = {
      ...parseS3Request(method, url, headers, domain),
      index: this.requests.length,
      connection: connection.index,
      headers: redacted(headers),
      startedMs: performance.now() - this.#startedMs,
      requestBytes: 0,
      responseBytes: 0,
    };
    this.requests.push(log);
    return log;
  }

  #strike(log: OpenRequest): Fault {
    for (const rule of this.#rules) {
      const fault = rule.strike(log);
      if (fault === undefined) continue;
      log.fault = rule.name;
      return fault;
    }
    return {};
  }
}
