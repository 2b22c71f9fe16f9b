/** When a fault applies: which requests, how often, for how long. Knows no sockets. */
import { isDeepStrictEqual } from 'node:util';
import type { Fault } from './fault.js';
import type { ProxiedRequest } from './fault-log.js';
import type { S3Operation } from './s3-request.js';

/** All that is given must hold. */
export interface RequestMatch {
  readonly operation?: S3Operation | readonly S3Operation[];
  readonly method?: string;
  /** The whole key, or a pattern that it matches. */
  readonly key?: string | RegExp;
  readonly path?: RegExp;
  /** Values of query parameters; `true`: it is there. */
  readonly query?: Readonly<Record<string, string | true>>;
  /** Values of request headers; `true`: it is there. Names in lower case. */
  readonly headers?: Readonly<Record<string, string | true>>;
  readonly where?: (request: ProxiedRequest) => boolean;
}

export interface FaultRule {
  /** Shown in complaints and in the log. */
  readonly name?: string;
  /** Default: every request. */
  readonly match?: RequestMatch;
  /** Requests that match and are let through first. */
  readonly skip?: number;
  /** How often it strikes. Default: once, or `always` with `chance` or `forMs`. */
  readonly times?: number | 'always';
  /** Share of the requests that it strikes, 0 to 1, decided by the proxy's seed. */
  readonly chance?: number;
  /** Strikes until so long after the first request that matched. */
  readonly forMs?: number;
  /** It may stay unused, or be used less often than `times`. */
  readonly optional?: boolean;
  /** A function sees the request and how often the rule has struck before; `undefined` lets the request through. */
  readonly fault: Fault | ((request: ProxiedRequest, struck: number) => Fault | undefined);
}

export interface InjectedRule {
  readonly name: string;
  /** Requests that matched. */
  readonly matched: number;
  /** Requests that it struck. */
  readonly struck: number;
  remove(): void;
}

export class ActiveRule implements InjectedRule {
  readonly name: string;
  readonly #rule: FaultRule;
  readonly #random: () => number;
  readonly #times: number;
  #firstMs: number | undefined;
  #removed = false;
  matched = 0;
  struck = 0;

  constructor(rule: FaultRule, random: () => number) {
    this.#rule = rule;
    this.#random = random;
    this.name = rule.name ?? describeMatch(rule.match ?? {});
    const always = rule.times === 'always' || rule.chance !== undefined || rule.forMs !== undefined;
    this.#times = typeof rule.times === 'number' ? rule.times : always ? Number.POSITIVE_INFINITY : 1;
  }

  remove(): void {
    this.#removed = true;
  }

  /** The fault for a request, if it is this rule's turn. Counts. */
  strike(request: ProxiedRequest): Fault | undefined {
    if (this.#removed || this.struck >= this.#times) return undefined;
    if (!matches(this.#rule.match ?? {}, request)) return undefined;
    this.matched += 1;
    if (this.matched <= (this.#rule.skip ?? 0) || this.#isOver() || !this.#isHit()) return undefined;
    const { fault } = this.#rule;
    const chosen = typeof fault === 'function' ? fault(request, this.struck) : fault;
    if (chosen !== undefined) this.struck += 1;
    return chosen;
  }

  /** What is wrong with how the rule was used; `undefined` when all is well. */
  complaint(): string | undefined {
    const wanted = Number.isFinite(this.#times) ? this.#times : 1;
    if (this.#rule.optional === true || this.struck >= wanted) return undefined;
    return `"${this.name}" struck ${this.struck} of ${wanted} times (${this.matched} requests matched)`;
  }

  #isOver(): boolean {
    this.#firstMs ??= performance.now();
    return performance.now() - this.#firstMs > (this.#rule.forMs ?? Number.POSITIVE_INFINITY);
  }

  #isHit(): boolean {
    return this.#rule.chance === undefined || this.#random() < this.#rule.chance;
  }
}

function matches(match: RequestMatch, request: ProxiedRequest): boolean {
  const { operation, method, key, path, query = {}, headers = {}, where } = match;
  return (
    (operation === undefined || [operation].flat().includes(request.operation)) &&
    (method === undefined || method === request.method) &&
    (key === undefined || (typeof key === 'string' ? key === request.key : key.test(request.key))) &&
    (path?.test(request.path) ?? true) &&
    Object.entries(query).every(([name, value]) => holds(request.query.get(name), value)) &&
    Object.entries(headers).every(([name, value]) => holds(request.headers[name], value)) &&
    (where?.(request) ?? true)
  );
}

function holds(found: string | string[] | null | undefined, wanted: string | true): boolean {
  if (found === null || found === undefined) return false;
  return wanted === true || isDeepStrictEqual(found, wanted);
}

function describeMatch({ operation, method, key, path }: RequestMatch): string {
  const parts = [operation ?? method ?? 'every request', key ?? path].filter((part) => part !== undefined);
  return parts.join(' ');
}
