/** A store in memory that writes down what is asked of it, in the words of HTTP. */
import { ForwardingClient, type StoreCall } from '../../src/backends/forwarding.js';
import { MemoryClient } from '../../src/backends/memory.js';
import type { CallOptions, StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';

export interface Recorded {
  readonly method: 'PUT' | 'HEAD' | 'GET' | 'POST' | 'OTHER';
  readonly bucket: string;
  readonly key: string;
  readonly status: number;
  readonly owner: string | undefined;
}

/** Requests by the key's name and status: the order across objects is nobody's business. */
export const inOrder = (requests: readonly string[]): string[] => [...new Set(requests)].sort();

const METHODS: readonly (readonly [prefix: string, method: Recorded['method']])[] = [
  ['head', 'HEAD'],
  ['putObject', 'PUT'],
  ['uploadPart', 'PUT'],
  ['getObject', 'GET'],
  ['createMultipart', 'POST'],
  ['completeMultipart', 'POST'],
];

export class RecordingClient extends ForwardingClient {
  readonly recorded: Recorded[] = [];

  protected override async around<T>(
    call: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    const { bucket, key } = call;
    const method = METHODS.find(([prefix]) => call.method.startsWith(prefix))?.[1] ?? 'OTHER';
    const note = (status: number): void => {
      this.recorded.push({ method, bucket, key, status, owner: this.expectedBucketOwner() });
    };
    try {
      const answer = await run();
      note(answer === null ? 404 : 200);
      return answer;
    } catch (error) {
      note(error instanceof StorageError ? (error.httpStatus ?? 0) : 0);
      throw error;
    }
  }
}

/** The recording client, and the store behind it to look into. */
export function recordingStore(
  bucket: string,
  expectedBucketOwner: string,
): { readonly client: RecordingClient; readonly inner: StorageClient } {
  const inner = new MemoryClient({ xxh128: hasher, buckets: [bucket], expectedBucketOwner });
  return { client: new RecordingClient(inner), inner };
}
