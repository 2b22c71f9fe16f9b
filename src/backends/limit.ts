/**
 * The limit policy: at most so many calls in flight at once, in all and per class. Calls
 * wait in the order they came. A listing holds its share only while a page is fetched.
 * `abortMultipart` never waits: it cleans up after calls that may hold every share.
 */
import type { Budget, Lease } from '../pipeline/types.js';
import {
  ForwardingClient,
  type Listed,
  type OpenListing,
  type StoreCall,
  type StoreMethod,
} from './forwarding.js';
import type { CallOptions, StorageClient } from './storage-client.js';

export type CallClass = 'head' | 'read' | 'write' | 'list';

export interface CallLimits {
  /** Calls of every class together. */
  readonly all?: Budget;
  readonly byClass?: Partial<Record<CallClass, Budget>>;
}

const CLASSES: Readonly<Record<StoreMethod, CallClass | undefined>> = {
  headObject: 'head',
  getObject: 'read',
  getObjectRange: 'read',
  getObjectToFile: 'read',
  getObjectToFileOffset: 'read',
  putObject: 'write',
  putObjectFromFile: 'write',
  putObjectFromFileRange: 'write',
  copyObject: 'write',
  createMultipart: 'write',
  uploadPart: 'write',
  completeMultipart: 'write',
  abortMultipart: undefined,
  listObjects: 'list',
  listMultipart: 'list',
};

/** The class that a method is limited in; `undefined` for the one that is not. */
export function callClassOf(method: StoreMethod): CallClass | undefined {
  return CLASSES[method];
}

/** `client` with limits; the budgets may be shared with other clients. */
export function withLimits(client: StorageClient, limits: CallLimits): StorageClient {
  return new LimitClient(client, limits);
}

class LimitClient extends ForwardingClient {
  constructor(
    inner: StorageClient,
    private readonly limits: CallLimits,
  ) {
    super(inner);
  }

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    const leases = await this.#acquire(call);
    try {
      return await run();
    } finally {
      release(leases);
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

  /** Of the class first, so that a class at its limit holds nothing that others wait for. */
  async #acquire(call: StoreCall): Promise<readonly Lease[]> {
    const kind = callClassOf(call.method);
    if (kind === undefined) return [];
    const leases: Lease[] = [];
    try {
      for (const budget of [this.limits.byClass?.[kind], this.limits.all]) {
        if (budget) leases.push(await budget.acquire(1, call.options?.signal));
      }
      return leases;
    } catch (error) {
      release(leases);
      throw error;
    }
  }
}

function release(leases: readonly Lease[]): void {
  for (const lease of leases) lease.release();
}
