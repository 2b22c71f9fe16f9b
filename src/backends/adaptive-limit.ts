/**
 * The adaptive limit: so many calls at once as the store bears (spec/storage.md 2.2 and 2.4). Each
 * try holds a permit of its class and one of all; a throttled try lowers its class, and with `auto`
 * the limit of all is raised while that pays. Belongs inside the retries, so that waiting for a next
 * try holds nothing. A listing holds a permit only while a page is fetched; `abortMultipart` never
 * waits, for it cleans up after calls that may hold every permit.
 */
import { systemClock } from '../pipeline/clock.js';
import { positiveInteger } from '../pipeline/options.js';
import type { Clock } from '../pipeline/types.js';
import { ClassLimit } from './class-limit.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import { type CallClass, callClassOf } from './limit.js';
import { Permits } from './permits.js';
import { retryClassOf } from './retry-classes.js';
import { AUTO_CONNECTIONS } from './s3/settings.js';
import type { CallOptions, StorageClient } from './storage-client.js';
import { PROBE_DEFAULTS, type ProbeSettings, ThroughputProbe } from './throughput-probe.js';

export interface AdaptiveLimitOptions {
  /** Most calls at once. `auto` finds the number, from 50 to 1,024; a number is a fixed ceiling. Default: {@link ADAPTIVE_LIMIT_DEFAULTS}. */
  readonly maxConnections?: number | 'auto';
  /** How `auto` measures. Default: {@link PROBE_DEFAULTS}. */
  readonly probe?: Partial<ProbeSettings>;
  readonly clock?: Clock;
}
export const ADAPTIVE_LIMIT_DEFAULTS = { maxConnections: 'auto' } as const satisfies AdaptiveLimitOptions;

/** Calls that may run at once just now, and calls that do. */
export interface AdaptiveLimits extends Readonly<Record<CallClass, number>> {
  readonly all: number;
  readonly inFlight: number;
  readonly waiting: number;
}

export interface AdaptiveClient extends StorageClient {
  limits(): AdaptiveLimits;
}

/** `client` under a limit that follows what it answers. Throws `OptionError` for a `maxConnections` that is none. */
export function withAdaptiveLimit(client: StorageClient, options: AdaptiveLimitOptions = {}): AdaptiveClient {
  return new AdaptiveLimitClient(client, options);
}

class AdaptiveLimitClient extends ForwardingClient implements AdaptiveClient {
  readonly #classes: Readonly<Record<CallClass, ClassLimit>>;
  readonly #probe: ThroughputProbe | undefined;
  readonly #permits: Permits;

  constructor(inner: StorageClient, options: AdaptiveLimitOptions) {
    super(inner);
    const { maxConnections, clock = systemClock } = { ...ADAPTIVE_LIMIT_DEFAULTS, ...options };
    const auto = maxConnections === 'auto';
    const settings = { ...AUTO_CONNECTIONS, ...PROBE_DEFAULTS, ...options.probe };
    const most = auto ? settings.most : positiveInteger('maxConnections', maxConnections);
    const limit = (): ClassLimit => new ClassLimit(most, clock);
    const classes = { head: limit(), read: limit(), write: limit(), list: limit() };
    const probe = auto ? new ThroughputProbe(settings, clock) : undefined;
    this.#classes = classes;
    this.#probe = probe;
    this.#permits = new Permits({
      of: (kind) => classes[kind].now,
      get all() {
        return probe?.limit ?? most;
      },
    });
  }

  limits(): AdaptiveLimits {
    const { limits, heldByAll: inFlight, waiting } = this.#permits;
    const { all } = limits;
    const of = (kind: CallClass): number => Math.min(all, limits.of(kind));
    return {
      all,
      head: of('head'),
      read: of('read'),
      write: of('write'),
      list: of('list'),
      inFlight,
      waiting,
    };
  }

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    const kind = callClassOf(call.method);
    if (kind === undefined) return run();
    const probe = this.#probe;
    const small = smallBodyOf(call);
    if (!this.#permits.tryTake(kind)) await this.#permits.take(kind, call.options?.signal);
    try {
      if (small === undefined) return await run(probe && metered(probe, call.options));
      const result = await run();
      probe?.moved(small);
      return result;
    } catch (error) {
      if (retryClassOf(error) === 'throttle') this.#throttled(kind);
      throw error;
    } finally {
      probe?.ended(this.#permits.isFull);
      this.#permits.giveBack(kind);
    }
  }

  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    const iterator = open()[Symbol.asyncIterator]();
    try {
      for (;;) {
        const result = await this.around(call, () => iterator.next());
        if (result.done) return;
        yield result.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  #throttled(kind: CallClass): void {
    this.#classes[kind].throttled(this.#permits.held[kind]);
    this.#probe?.throttled();
  }
}

/** Bytes of a body that is counted when it has been sent: to count it on its way takes new options for every call. */
function smallBodyOf({ bodyBytes }: StoreCall): number | undefined {
  return bodyBytes !== undefined && bodyBytes <= PROBE_DEFAULTS.bytesPerCall ? bodyBytes : undefined;
}

function metered(probe: ThroughputProbe, options: CallOptions | undefined): CallOptions {
  return {
    onBytes: (delta) => {
      probe.moved(delta);
      options?.onBytes?.(delta);
    },
  };
}
