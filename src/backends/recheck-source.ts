/**
 * What to do about a body that the store refused for its digest (spec/storage.md 2.4, checksum class):
 * the source is read and hashed again. Knows no tries.
 */
import type { Xxh128 } from '../model/hasher.js';
import { checkFileDigest } from './contract.js';
import type { StoreCall } from './forwarding.js';
import { readSource } from './source-file.js';
import type { PutOptions } from './storage-client.js';

/** Rejects with `FileChanged` when the file of `call` does not hash to what was promised. Calls without a file or a promise pass. */
export async function recheckSource(hash: Xxh128, call: StoreCall): Promise<void> {
  const { method, bucket, key, path, offset, bodyBytes, options } = call;
  const promised: PutOptions | undefined = options;
  if (path === undefined || promised?.xxh128 === undefined) return;
  const range = offset === undefined || bodyBytes === undefined ? undefined : { offset, length: bodyBytes };
  const stream = hash.create();
  const request = { operation: method, path, signal: options?.signal, ...(range && { range }) };
  await readSource(request, (piece) => stream.update(piece));
  checkFileDigest(stream.digest(), promised, { operation: method, bucket, key, path });
}
