/** The metering policy: counts what passes, per method. Changes no call. */
import {
  ForwardingClient,
  type Listed,
  type OpenListing,
  type StoreCall,
  type StoreMethod,
} from './forwarding.js';
import type { CallOptions, StorageClient } from './storage-client.js';

export interface MethodCounts {
  /** Calls begun; of a listing, pages asked for. */
  readonly calls: number;
  /** Calls that rejected, cancelled ones included. */
  readonly errors: number;
  /** Bytes of bodies, those of failed calls too. */
  readonly bytes: number;
  readonly inFlight: number;
  readonly peakInFlight: number;
}

export interface MeteredClient extends StorageClient {
  /** What has been counted for a method so far. */
  counts(method: StoreMethod): MethodCounts;
  /** The same over all methods; `peakInFlight` is that of all together. */
  totals(): MethodCounts;
  /** Forgets counts; calls in flight stay counted as such. */
  reset(): void;
}

/** `client` with counters. */
export function withMetering(client: StorageClient): MeteredClient {
  return new MeteringClient(client);
}

class Meter {
  calls = 0;
  errors = 0;
  bytes = 0;
  inFlight = 0;
  peakInFlight = 0;

  begin(): void {
    this.calls += 1;
    this.inFlight += 1;
    if (this.inFlight > this.peakInFlight) this.peakInFlight = this.inFlight;
  }

  forget(): void {
    this.calls = 0;
    this.errors = 0;
    this.bytes = 0;
    this.peakInFlight = this.inFlight;
  }

  read(): MethodCounts {
    const { calls, errors, bytes, inFlight, peakInFlight } = this;
    return { calls, errors, bytes, inFlight, peakInFlight };
  }
}

class MeteringClient extends ForwardingClient implements MeteredClient {
  readonly #all = new Meter();
  readonly #meters = new Map<StoreMethod, Meter>();

  counts(method: StoreMethod): MethodCounts {
    return this.#meter(method).read();
  }

  totals(): MethodCounts {
    return this.#all.read();
  }

  reset(): void {
    for (const meter of [this.#all, ...this.#meters.values()]) meter.forget();
  }

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    const meters = [this.#all, this.#meter(call.method)];
    for (const meter of meters) meter.begin();
    const onBytes = (delta: number): void => {
      for (const meter of meters) meter.bytes += delta;
      call.options?.onBytes?.(delta);
    };
    try {
      return await run({ onBytes });
    } catch (error) {
      for (const meter of meters) meter.errors += 1;
      throw error;
    } finally {
      for (const meter of meters) meter.inFlight -= 1;
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

  #meter(method: StoreMethod): Meter {
    const known = this.#meters.get(method);
    if (known) return known;
    const meter = new Meter();
    this.#meters.set(method, meter);
    return meter;
  }
}
