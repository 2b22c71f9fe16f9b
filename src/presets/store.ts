/** What presets need of an open store. Knows no kind of store. */
import type { BandwidthRates } from '../backends/bandwidth-limit.js';
import { bindCas, type CasStore } from '../backends/bind-cas.js';
import type { StorageClient } from '../backends/storage-client.js';
import type { S3Location } from '../model/s3-location.js';

export interface Store {
  readonly client: StorageClient;
  readonly location: S3Location;
  readonly cas: CasStore;
  /** Begins the keys of this store in the check cache, in place of the bucket; two stores never share it. */
  readonly cacheScope: string;
  /** Local directory of a directory store. */
  readonly directory?: string;
  /** Calls at once that the store can make use of. Absent: what each stage says. */
  readonly concurrency?: number;
  /** What the buffers of one upload hold at most, in bytes. Absent: what the transfer stage says. */
  readonly bytesPerUpload?: number;
  /** Changes the bytes per second at any time, also for transfers that run. Absent where the store cannot. */
  setBandwidth?(rates: Partial<BandwidthRates>): void;
  close(): Promise<void>;
}

type StoreExtras = Partial<
  Pick<Store, 'cacheScope' | 'directory' | 'concurrency' | 'bytesPerUpload' | 'setBandwidth' | 'close'>
>;

/** A store of any client, for programs that bring their own backend. */
export function storeOf(client: StorageClient, location: S3Location, more: StoreExtras = {}): Store {
  return {
    cacheScope: location.bucket,
    close: async () => {},
    ...more,
    ...{ client, location, cas: bindCas(client, location) },
  };
}
