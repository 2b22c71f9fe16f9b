/** XXH128 by the native module xxhash-addon. Knows no file and no other implementation. */
import { createRequire } from 'node:module';
import type { Xxh128 } from '../model/hasher.js';

/** The part of the module that is used; it takes any view of bytes although it declares Buffer. */
interface NativeModule {
  readonly XXHash128: {
    new (seed: Uint8Array): { update(bytes: Uint8Array): void; digest(): Buffer };
    hash(bytes: Uint8Array): Buffer;
  };
}

/** The native class reads its seed from memory without looking whether one was given. */
const SEED_ZERO = Buffer.alloc(4);

/** Loads the native module; throws where there is no build for this platform. */
export function loadNativeXxh128(): Xxh128 {
  const { XXHash128 } = createRequire(import.meta.url)('xxhash-addon') as NativeModule;
  return {
    oneShot: (bytes) => XXHash128.hash(bytes).toString('hex'),
    create: () => {
      const state = new XXHash128(SEED_ZERO);
      return {
        update: (bytes) => state.update(bytes),
        digest: () => state.digest().toString('hex'),
      };
    },
  };
}
