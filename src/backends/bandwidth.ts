/**
 * A double of a slow link: every call waits a latency, and bodies wait for a token bucket
 * that all calls share. What is due is waited for before the call is made, so that a call
 * that is cancelled while it waits has done nothing. Both figures may change at any time.
 */
import { stat } from 'node:fs/promises';
import { systemClock } from '../pipeline/clock.js';
import { OptionError } from '../pipeline/errors.js';
import type { Clock } from '../pipeline/types.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import type { CallOptions, RangeOptions, StorageClient } from './storage-client.js';

export interface LinkSpeed {
  /** Of all bodies together; `Infinity` for no limit. */
  readonly bytesPerSecond: number;
  /** Wait of each call, and of each page of a listing. */
  readonly latencyMs: number;
}

export interface SlowClient extends StorageClient {
  /** Holds from the next 64 KiB of each body on. */
  setSpeed(speed: Partial<LinkSpeed>): void;
}

/** Bytes paid for at once: small enough that calls share the link evenly. */
const SLICE_BYTES = 64 * 1024;
/** Timers are coarse: what was not used within this time may be caught up. */
const BURST_MS = 20;

/** `client` behind a link of `speed`. Throws `OptionError` for a speed that is none. */
export function withBandwidth(
  client: StorageClient,
  speed: LinkSpeed,
  clock: Clock = systemClock,
): SlowClient {
  return new BandwidthClient(client, speed, clock);
}

class BandwidthClient extends ForwardingClient implements SlowClient {
  #speed: LinkSpeed;
  /** When the bytes that were let through so far have passed the link. */
  #freeAt = 0;

  constructor(
    inner: StorageClient,
    speed: LinkSpeed,
    private readonly clock: Clock,
  ) {
    super(inner);
    this.#speed = checked(speed);
  }

  setSpeed(speed: Partial<LinkSpeed>): void {
    this.#speed = checked({ ...this.#speed, ...speed });
  }

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    await this.#wait(call);
    await this.#pay(await this.#bodyBytes(call), call.options?.signal);
    return run();
  }

  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    await this.#wait(call);
    for await (const page of open()) {
      yield page;
      await this.#wait(call);
    }
  }

  override async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    const call: StoreCall = { method: 'getObjectRange', bucket, key, options };
    await this.#wait(call);
    const size = await this.#sizeOf(call);
    await this.#pay(Math.max(0, Math.min(end + 1, size) - start), options?.signal);
    return this.inner.getObjectRange(bucket, key, start, end, options);
  }

  async #wait({ options }: StoreCall): Promise<void> {
    const { latencyMs } = this.#speed;
    if (latencyMs > 0) await this.clock.sleep(latencyMs, options?.signal);
  }

  async #bodyBytes(call: StoreCall): Promise<number> {
    if (call.bodyBytes !== undefined) return call.bodyBytes;
    if (call.method === 'putObjectFromFile')
      return (await stat(call.path ?? '').catch(() => undefined))?.size ?? 0;
    return call.method.startsWith('getObject') ? this.#sizeOf(call) : 0;
  }

  /** The link knows how long a body is before it has passed; a failure here is left to the call itself. */
  async #sizeOf({ bucket, key }: StoreCall): Promise<number> {
    return (await this.inner.headObject(bucket, key).catch(() => null))?.size ?? 0;
  }

  async #pay(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    for (let due = bytes; due > 0; due -= SLICE_BYTES) {
      const { bytesPerSecond } = this.#speed;
      if (bytesPerSecond === Number.POSITIVE_INFINITY) return;
      const now = this.clock.monotonic();
      const begin = Math.max(this.#freeAt, now - BURST_MS);
      this.#freeAt = begin + (Math.min(due, SLICE_BYTES) / bytesPerSecond) * 1000;
      if (this.#freeAt > now) await this.clock.sleep(this.#freeAt - now, signal);
    }
  }
}

function checked(speed: LinkSpeed): LinkSpeed {
  if (!(speed.bytesPerSecond > 0)) throw new OptionError('bytesPerSecond', 'must be above 0');
  if (!(speed.latencyMs >= 0 && Number.isFinite(speed.latencyMs))) {
    throw new OptionError('latencyMs', 'must be a number of at least 0');
  }
  return speed;
}
