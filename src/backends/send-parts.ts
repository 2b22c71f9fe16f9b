/**
 * The parts of one upload on their way: one reader in front, which hashes what it read, and a
 * bounded number of uploads behind it. Buffers are used again, so an upload needs as many as may
 * be in flight. Opens, joins and aborts nothing.
 */
import { setMaxListeners } from 'node:events';
import type { Xxh128Stream } from '../model/hasher.js';
import type { PartPlan } from '../model/part-plan.js';
import { createBudget } from '../pipeline/budget.js';
import type { Budget, Clock, Lease } from '../pipeline/types.js';
import { within } from './deadline.js';
import type { PartSource, ReadPart } from './part-source.js';
import type { Part } from './storage-client.js';

/** How long parts in flight may take to end after one has failed. */
export const SETTLE_MS = 5000;

export interface PartsRequest {
  readonly source: PartSource;
  readonly plan: PartPlan;
  readonly atOnce: number;
  /** Fed with the whole body, in order. */
  readonly hash: Xxh128Stream | undefined;
  /** Bytes of the buffers that a file is read into. */
  readonly budget: Budget | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Sends one part; the bytes stay as they are until it settles. */
  send(partNumber: number, data: Uint8Array, signal: AbortSignal): Promise<Part>;
}

/** Sends all parts, and gives them in order. On the first failure nothing more is read, and what is in flight is told to end. */
export async function sendParts(request: PartsRequest): Promise<readonly Part[]> {
  const flight = new Flight(request);
  try {
    return await request.source.reading(flight.signal, (read) => flight.run(read));
  } finally {
    await flight.end();
  }
}

class Flight {
  readonly #stop = new AbortController();
  readonly #slots: Budget;
  readonly #running = new Set<Promise<void>>();
  readonly #buffers: Uint8Array[] = [];
  readonly #parts: Part[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly request: PartsRequest) {
    this.#slots = createBudget('partsAtOnce', request.atOnce);
    setMaxListeners(0, this.#stop.signal); // a few per part in flight are expected
    request.signal?.addEventListener('abort', this.#abort, { once: true });
    if (request.signal?.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  async run(read: ReadPart): Promise<readonly Part[]> {
    try {
      const { parts } = this.request.plan;
      for (let number = 1; number <= parts; number += 1) await this.#begin(read, number);
      await Promise.all(this.#running);
    } catch (error) {
      throw this.#failure?.error ?? error; // waiting ends with a cancellation that has a reason
    }
    if (this.#failure) throw this.#failure.error;
    return this.#parts;
  }

  /** After a failure the upload may be aborted only when no part can arrive any more. */
  async end(): Promise<void> {
    this.request.signal?.removeEventListener('abort', this.#abort);
    this.#abort();
    if (this.#running.size > 0) {
      await within(Promise.all(this.#running), SETTLE_MS, this.request.clock);
    }
  }

  async #begin(read: ReadPart, number: number): Promise<void> {
    const { plan, source, hash } = this.request;
    const length = number === plan.parts ? plan.lastPartBytes : plan.partSizeBytes;
    const leases = [await this.#slots.acquire(1, this.signal)];
    try {
      leases.push(...(await this.#memory(source, length)));
      const data = await read((number - 1) * plan.partSizeBytes, length, () => this.#buffer());
      hash?.update(data);
      this.#fly(number, data, leases);
    } catch (error) {
      release(leases);
      throw error;
    }
  }

  /** Only what is read from a file takes memory here; bytes of the caller are counted by the caller. */
  async #memory({ path }: PartSource, length: number): Promise<readonly Lease[]> {
    const { budget } = this.request;
    return budget && path !== undefined ? [await budget.acquire(length, this.signal)] : [];
  }

  #fly(number: number, data: Uint8Array, leases: readonly Lease[]): void {
    const flying: Promise<void> = this.request
      .send(number, data, this.signal)
      .then(
        (part) => {
          this.#parts[number - 1] = part;
          this.#reuse(data);
        },
        (error: unknown) => {
          this.#failure ??= { error };
          this.#abort();
        },
      )
      .finally(() => {
        this.#running.delete(flying);
        release(leases);
      });
    this.#running.add(flying);
  }

  #buffer(): Uint8Array {
    return this.#buffers.pop() ?? Buffer.allocUnsafeSlow(this.request.plan.partSizeBytes);
  }

  #reuse(data: Uint8Array): void {
    const whole = data.length === this.request.plan.partSizeBytes;
    if (whole && this.request.source.path !== undefined) this.#buffers.push(data);
  }

  readonly #abort = (): void => this.#stop.abort(this.request.signal?.reason);
}

function release(leases: readonly Lease[]): void {
  for (const lease of leases) lease.release();
}
