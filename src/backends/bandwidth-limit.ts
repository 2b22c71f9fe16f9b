/**
 * The bandwidth limit (`--max-bandwidth`): bodies sent and bodies received pass at most at a rate
 * each, without a request more. Bodies of known length, sent ones and ranges, are taken from their
 * rate before they travel; a whole GET is expected to be as large as those before it, and what it turns
 * out to be is settled while it travels. A call that waits has done nothing yet. A store that asks before
 * each piece (`CallOptions.pace`), as a directory does, has bodies paid piece by piece; any other body travels as
 * fast as it can, and the next waits. So the limit is as smooth as pieces, or bodies, are small against it.
 *
 * Belongs between the retries and the adaptive limit: every part and every try is counted, and a call
 * that waits holds no permit.
 */
import { stat } from 'node:fs/promises';
import { systemClock } from '../pipeline/clock.js';
import { OptionError } from '../pipeline/errors.js';
import type { Clock } from '../pipeline/types.js';
import { ForwardingClient, type StoreCall } from './forwarding.js';
import { Pacer } from './pacer.js';
import type { CallOptions, StorageClient } from './storage-client.js';

/** Bytes per second; `Infinity` for no limit. */
export interface BandwidthRates {
  /** Of all bodies sent together. */
  readonly up: number;
  /** Of all bodies received together. */
  readonly down: number;
}
export const BANDWIDTH_DEFAULTS: BandwidthRates = {
  up: Number.POSITIVE_INFINITY,
  down: Number.POSITIVE_INFINITY,
};

export interface PacedClient extends StorageClient {
  rates(): BandwidthRates;
  /** Holds at once, also for calls that wait. */
  setRates(rates: Partial<BandwidthRates>): void;
}

/** `client` at these rates. Throws `OptionError` for one that is not above 0. */
export function withBandwidthLimit(
  client: StorageClient,
  rates: Partial<BandwidthRates> = {},
  clock: Clock = systemClock,
): PacedClient {
  return new BandwidthLimitClient(client, rates, clock);
}

/** Expected of the first whole GET. */
const FIRST_GUESS_BYTES = 64 * 1024;
/** Weight of the newest whole GET in what is expected of the next. */
const NEWEST = 1 / 8;
/** A range beyond is meant as "to the end", and says nothing of its length. */
const TO_THE_END_BYTES = 1024 ** 3;

class BandwidthLimitClient extends ForwardingClient implements PacedClient {
  readonly #up: Pacer;
  readonly #down: Pacer;
  #expected = FIRST_GUESS_BYTES;

  constructor(inner: StorageClient, rates: Partial<BandwidthRates>, clock: Clock) {
    super(inner);
    const { up, down } = checked({ ...BANDWIDTH_DEFAULTS, ...rates });
    this.#up = new Pacer(up, clock);
    this.#down = new Pacer(down, clock);
  }

  rates(): BandwidthRates {
    return { up: this.#up.bytesPerSecond, down: this.#down.bytesPerSecond };
  }

  setRates(rates: Partial<BandwidthRates>): void {
    const { up, down } = checked({ ...this.rates(), ...rates });
    this.#up.bytesPerSecond = up;
    this.#down.bytesPerSecond = down;
  }

  protected override around<T>(call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    const pacer = this.#pacerOf(call);
    const isFree = pacer === undefined || pacer.bytesPerSecond === Number.POSITIVE_INFINITY;
    return isFree ? run() : this.#paced(pacer, call, run);
  }

  async #paced<T>(pacer: Pacer, call: StoreCall, run: (changes?: CallOptions) => Promise<T>): Promise<T> {
    let taken = await this.#bytesOf(call);
    await pacer.take(taken, call.options?.signal);
    let moved = 0;
    let byPiece = false;
    const onBytes = (delta: number): void => {
      moved += Math.max(0, delta); // what is taken back has travelled all the same
      if (!byPiece && moved > taken) pacer.charge(moved - taken);
      taken = Math.max(taken, moved);
      call.options?.onBytes?.(delta);
    };
    const pace = async (bytes: number): Promise<void> => {
      if (byPiece) return pacer.take(bytes, call.options?.signal);
      byPiece = true;
      pacer.charge(bytes - taken); // the first piece is paid for; the others pay when it is their turn
    };
    try {
      const result = await run({ onBytes, pace });
      if (isWholeGet(call)) this.#expected += (moved - this.#expected) * NEWEST;
      return result;
    } finally {
      if (!byPiece) pacer.charge(moved - taken);
    }
  }

  #pacerOf({ method }: StoreCall): Pacer | undefined {
    if (method.startsWith('get')) return this.#down;
    return method.startsWith('put') || method === 'uploadPart' ? this.#up : undefined;
  }

  async #bytesOf(call: StoreCall): Promise<number> {
    const { bodyBytes, askedBytes = TO_THE_END_BYTES, path } = call;
    if (bodyBytes !== undefined) return bodyBytes;
    if (!call.method.startsWith('get')) return (await stat(path ?? '').catch(() => undefined))?.size ?? 0;
    return askedBytes > 0 && askedBytes < TO_THE_END_BYTES ? askedBytes : this.#expected;
  }
}

function isWholeGet({ method }: StoreCall): boolean {
  return method.startsWith('get') && method !== 'getObjectRange';
}

function checked(rates: BandwidthRates): BandwidthRates {
  for (const [name, value] of Object.entries(rates)) {
    if (!(value > 0)) throw new OptionError(name, `must be bytes per second above 0, not ${String(value)}`);
  }
  return rates;
}
