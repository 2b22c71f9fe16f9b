/**
 * The fast S3 backend: HTTP over undici, signed by this package. Credentials, region and endpoints come from the
 * connection. The client itself is `s3-direct/client.ts`; retries, limits and large bodies are policies around it.
 */
import type { Xxh128 } from '../model/hasher.js';
import type { S3Connection } from './s3/connection.js';
import type { S3Client } from './s3/s3-client.js';
import { S3DirectClient } from './s3-direct/client.js';

export interface S3DirectDependencies {
  /** Compares bodies with the digests that callers promise. */
  readonly xxh128: Xxh128;
}

/** A client that opens no connection before its first call. Close it when it is not needed any more. */
export function createS3DirectClient(connection: S3Connection, { xxh128 }: S3DirectDependencies): S3Client {
  return new S3DirectClient(connection, xxh128);
}
