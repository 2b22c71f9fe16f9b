/** What the conformance suite is told of the store that it runs against. */
import type { Xxh128 } from '../../model/hasher.js';
import type { StorageClient } from '../storage-client.js';

/** What a suite needs to know of the store that it runs against. */
export interface ConformanceEnv {
  readonly client: StorageClient;
  /** A bucket that exists. */
  readonly bucket: string;
  /** What every key begins with; ends in `/`. Nothing else is stored below it. */
  readonly prefix: string;
  /** An empty directory, for local files. */
  readonly directory: string;
  readonly xxh128: Xxh128;
  /** What real stores differ in. Default: {@link CONFORMANCE_CAPABILITIES}. */
  readonly capabilities?: Partial<ConformanceCapabilities>;
}

export interface ConformanceCapabilities {
  /** A bucket that does not exist; `undefined` where every name exists or none may be asked for. */
  readonly missingBucket: string | undefined;
  /** Both `a` and `a/b` can be keys. Not so in a directory, where the second is `NotSupported`. */
  readonly keysBelowKeys: boolean;
  /** `ifAbsent` is honoured. */
  readonly conditionalWrites: boolean;
  /** The client has the bytes of a copy or of joined parts in hand and checks their `xxh128`. */
  readonly checksWithoutBody: boolean;
  /** Smallest size of a part that is not the last, in bytes. 5 MiB on S3. */
  readonly minPartBytes: number;
  /** Completing an upload that is gone succeeds where the key has an object, so that a lost answer can be asked for again. */
  readonly repeatsCompletion: boolean;
  /** A put that was cancelled is never seen. Not so over a network, where its last bytes may have left already. */
  readonly recallsCancelledPuts: boolean;
  /** `listMultipart` shows what `createMultipart` has opened at once. */
  readonly listsUploads: boolean;
}

export const CONFORMANCE_CAPABILITIES: ConformanceCapabilities = {
  missingBucket: undefined,
  keysBelowKeys: true,
  conditionalWrites: true,
  checksWithoutBody: true,
  minPartBytes: 1,
  repeatsCompletion: false,
  recallsCancelledPuts: true,
  listsUploads: true,
};

export interface ConformanceCase {
  readonly name: string;
  run(env: ConformanceEnv): Promise<void>;
}
