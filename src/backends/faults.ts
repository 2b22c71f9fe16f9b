/**
 * A double that injects faults: a plan is asked before every call and says what shall go
 * wrong with it. Without a fault the call passes unchanged.
 */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { cancelled } from './cancel.js';
import { ForwardingClient, type Listed, type OpenListing, type StoreCall } from './forwarding.js';
import type {
  CallOptions,
  HeadResult,
  Part,
  PutOptions,
  PutOutcome,
  RangeOptions,
  StorageClient,
} from './storage-client.js';

export type Fault =
  /** Rejects without having called the store. */
  | { readonly kind: 'before'; readonly error: Error }
  /** Makes the call and rejects all the same: the answer was lost. */
  | { readonly kind: 'after'; readonly error: Error }
  /** Cuts the body, sent or received, to its first `bytes`. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** Inverts the byte `at` of the body, sent or received. */
  | { readonly kind: 'alter'; readonly at: number }
  /** Never settles until the call is aborted. */
  | { readonly kind: 'hang' };

export interface PlannedCall extends StoreCall {
  /** Counts the calls of the method from 1; each page of a listing is one. */
  readonly number: number;
}

export type FaultPlan = (call: PlannedCall) => Fault | undefined;

/** `client` with the faults that `plan` asks for. */
export function withFaults(client: StorageClient, plan: FaultPlan): StorageClient {
  return new FaultClient(client, plan);
}

type Damage = Extract<Fault, { kind: 'truncate' | 'alter' }>;

class FaultClient extends ForwardingClient {
  readonly #numbers = new Map<string, number>();

  constructor(
    inner: StorageClient,
    private readonly plan: FaultPlan,
  ) {
    super(inner);
  }

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    return this.#faulty(call, () => run());
  }

  protected override async *pages<T extends Listed>(
    call: StoreCall,
    open: OpenListing<T>,
  ): AsyncGenerator<readonly T[]> {
    const iterator = open()[Symbol.asyncIterator]();
    try {
      for (;;) {
        const result = await this.#faulty(call, () => iterator.next());
        if (result.done) return;
        yield result.value;
      }
    } finally {
      await iterator.return?.();
    }
  }

  override async putObject(
    bucket: string,
    key: string,
    data: Uint8Array,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const call: StoreCall = { method: 'putObject', bucket, key, bodyBytes: data.length, options };
    return this.#faulty(call, (damage) => this.inner.putObject(bucket, key, damaged(data, damage), options));
  }

  override async putObjectFromFile(
    bucket: string,
    key: string,
    path: string,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const call: StoreCall = { method: 'putObjectFromFile', bucket, key, path, options };
    return this.#faulty(call, async (damage) => {
      if (!damage) return this.inner.putObjectFromFile(bucket, key, path, options);
      return this.inner.putObject(bucket, key, damaged(await readFile(path), damage), options);
    });
  }

  override async putObjectFromFileRange(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    length: number,
    options?: PutOptions,
  ): Promise<PutOutcome> {
    const call: StoreCall = {
      method: 'putObjectFromFileRange',
      bucket,
      key,
      path,
      bodyBytes: length,
      options,
    };
    return this.#faulty(call, async (damage) => {
      if (!damage) return this.inner.putObjectFromFileRange(bucket, key, path, offset, length, options);
      const body = (await readFile(path)).subarray(offset, offset + length);
      return this.inner.putObject(bucket, key, damaged(body, damage), options);
    });
  }

  override async getObject(
    bucket: string,
    key: string,
    options?: CallOptions,
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    return this.#faulty({ method: 'getObject', bucket, key, options }, async (damage) => {
      const { data, head } = await this.inner.getObject(bucket, key, options);
      return { data: damaged(data, damage), head };
    });
  }

  override async getObjectRange(
    bucket: string,
    key: string,
    start: number,
    end: number,
    options?: RangeOptions,
  ): Promise<Uint8Array> {
    return this.#faulty({ method: 'getObjectRange', bucket, key, options }, async (damage) =>
      damaged(await this.inner.getObjectRange(bucket, key, start, end, options), damage),
    );
  }

  override async getObjectToFile(
    bucket: string,
    key: string,
    path: string,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.#faulty({ method: 'getObjectToFile', bucket, key, path, options }, async (damage) => {
      const head = await this.inner.getObjectToFile(bucket, key, path, options);
      if (damage) await damageFile(path, damage, { offset: 0, length: head.size });
      return head;
    });
  }

  override async getObjectToFileOffset(
    bucket: string,
    key: string,
    path: string,
    offset: number,
    options?: CallOptions,
  ): Promise<HeadResult> {
    return this.#faulty({ method: 'getObjectToFileOffset', bucket, key, path, options }, async (damage) => {
      const head = await this.inner.getObjectToFileOffset(bucket, key, path, offset, options);
      if (damage) await damageFile(path, damage, { offset, length: head.size });
      return head;
    });
  }

  override async uploadPart(
    bucket: string,
    key: string,
    uploadId: string,
    partNumber: number,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<Part> {
    const call: StoreCall = { method: 'uploadPart', bucket, key, bodyBytes: data.length, options };
    return this.#faulty(call, (damage) =>
      this.inner.uploadPart(bucket, key, uploadId, partNumber, damaged(data, damage), options),
    );
  }

  async #faulty<T>(call: StoreCall, run: (damage?: Damage) => Promise<T>): Promise<T> {
    const number = (this.#numbers.get(call.method) ?? 0) + 1;
    this.#numbers.set(call.method, number);
    const fault = this.plan({ ...call, number });
    if (fault?.kind === 'before') throw fault.error;
    if (fault?.kind === 'hang') return untilAborted(call.options?.signal);
    if (fault?.kind !== 'after') return run(fault);
    await run();
    throw fault.error;
  }
}

function damaged(data: Uint8Array, damage: Damage | undefined): Uint8Array {
  if (!damage) return data;
  if (damage.kind === 'truncate') return data.slice(0, damage.bytes);
  const copy = Uint8Array.from(data);
  copy[damage.at] = (copy[damage.at] ?? 0) ^ 0xff;
  return copy;
}

/** Damages what was written of a file; a cut in the middle of it leaves zeros. */
async function damageFile(
  path: string,
  damage: Damage,
  range: { readonly offset: number; readonly length: number },
): Promise<void> {
  const bytes = await readFile(path);
  const end = range.offset + range.length;
  if (damage.kind === 'truncate' && end >= bytes.length) return truncate(path, range.offset + damage.bytes);
  if (damage.kind === 'truncate') bytes.fill(0, range.offset + damage.bytes, end);
  const at = range.offset + (damage.kind === 'alter' ? damage.at : 0);
  if (damage.kind === 'alter') bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal ? cancelled(signal) : undefined);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}
