/**
 * XXH3 with 128 bits, the only hash of the formats (spec/manifests.md section 7): the native
 * module where it loads and proves itself, WebAssembly elsewhere. Runs alike in the main
 * thread and in the threads of the pool. Knows no file.
 *
 * The environment variable `RX_ATTACHMENTS_HASH` forces one implementation: `native` or `wasm`.
 */
import { StorageError } from '../model/errors.js';
import type { Xxh128, Xxh128Stream } from '../model/hasher.js';
import { loadNativeXxh128 } from './native-xxh128.js';
import { passesSelfTest } from './self-test.js';
import { loadWasmXxh128 } from './wasm-xxh128.js';

export type HashImplementation = 'native' | 'wasm';

/** Name of the environment variable that forces an implementation. */
export const HASH_VARIABLE = 'RX_ATTACHMENTS_HASH';

const chosen = await choose(process.env[HASH_VARIABLE] ?? '');

/** Digest of `bytes`: 32 lowercase hex digits, zero padded. */
export const xxh128: (bytes: Uint8Array) => string = chosen.hash.oneShot;

/** A digest that is fed piece by piece. */
export const createXxh128: () => Xxh128Stream = chosen.hash.create;

/** Both forms as one value, for code that takes its hash as an argument. */
export const hasher: Xxh128 = chosen.hash;

/** Which implementation is in use. */
export function hashImplementation(): HashImplementation {
  return chosen.name;
}

async function choose(forced: string): Promise<{ name: HashImplementation; hash: Xxh128 }> {
  if (forced !== '' && forced !== 'native' && forced !== 'wasm') {
    throw new StorageError(
      'InvalidConfig',
      `${HASH_VARIABLE} must be "native" or "wasm", not ${JSON.stringify(forced)}`,
    );
  }
  let cause: unknown;
  if (forced !== 'wasm') {
    try {
      return { name: 'native', hash: proven('native', loadNativeXxh128()) };
    } catch (error) {
      cause = error;
    }
  }
  if (forced === 'native') {
    throw new StorageError('InvalidConfig', `the native hash, forced by ${HASH_VARIABLE}, cannot be used`, {
      cause,
    });
  }
  return { name: 'wasm', hash: proven('wasm', await loadWasmXxh128()) };
}

function proven(name: HashImplementation, hash: Xxh128): Xxh128 {
  if (!passesSelfTest(hash))
    throw new StorageError('InvalidConfig', `the ${name} hash gives wrong digests on this machine`);
  return hash;
}
