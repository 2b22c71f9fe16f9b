/** XXH128 by hash-wasm, for platforms without the native module. Knows no file and no other implementation. */
import type { Xxh128, Xxh128Stream } from '../model/hasher.js';

/** Compiles the module, which is the only asynchronous part; what it gives is synchronous. */
export async function loadWasmXxh128(): Promise<Xxh128> {
  const { createXXHash128 } = await import('hash-wasm');
  // One instance holds one state and a second instance takes a promise, so that streams take turns.
  const shared = await createXXHash128();
  let current: WasmStream | undefined;

  class WasmStream implements Xxh128Stream {
    private parked: Uint8Array | undefined;

    update(bytes: Uint8Array): void {
      this.enter();
      shared.update(bytes);
    }

    digest(): string {
      this.enter();
      const state = shared.save();
      const hex = shared.digest('hex');
      this.parked = state;
      current = undefined;
      return hex;
    }

    park(): void {
      this.parked = shared.save();
    }

    private enter(): void {
      if (current === this) return;
      current?.park();
      if (this.parked === undefined) shared.init();
      // The module wants the very form it saved, and reads it synchronously.
      else shared.init().load(this.parked);
      current = this;
    }
  }

  return {
    oneShot: (bytes) => {
      current?.park();
      current = undefined;
      return shared.init().update(bytes).digest('hex');
    },
    create: () => new WasmStream(),
  };
}
