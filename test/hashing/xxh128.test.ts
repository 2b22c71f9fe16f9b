import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadNativeXxh128 } from '../../src/hashing/native-xxh128.js';
import { passesSelfTest } from '../../src/hashing/self-test.js';
import { loadWasmXxh128 } from '../../src/hashing/wasm-xxh128.js';
import { createXxh128, hasher, hashImplementation, xxh128 } from '../../src/hashing/xxh128.js';
import { ramp } from '../support/fixture-bytes.js';

const native = loadNativeXxh128();
const wasm = await loadWasmXxh128();
const implementations = [
  ['native', native],
  ['wasm', wasm],
] as const;
const compiled = fileURLToPath(new URL('../../dist/hashing/xxh128.js', import.meta.url));
const PRINT = `const m = await import(process.argv[1]); console.log(m.hashImplementation(), m.xxh128(Buffer.from('asset-4717')));`;
const runWith = (value: string) =>
  spawnSync(process.execPath, ['--input-type=module', '-e', PRINT, compiled], {
    env: { ...process.env, RX_ATTACHMENTS_HASH: value },
    encoding: 'utf8',
  });

describe.each(implementations)('%s', (_name, hash) => {
  it('gives the known digests', () => {
    expect(passesSelfTest(hash)).toBe(true);
  });

  it('hashes a view by its own bytes, not by its buffer', () => {
    const bytes = ramp(300, 1);
    expect(hash.oneShot(ramp(900, 1).subarray(0, 300))).toBe(hash.oneShot(bytes));
    expect(hash.oneShot(Buffer.concat([Buffer.alloc(13), bytes]).subarray(13))).toBe(hash.oneShot(bytes));
  });

  it('keeps streams that take turns apart, one-shot digests between them too', () => {
    const [a, b] = [hash.create(), hash.create()];
    for (let i = 0; i < 20; i += 1) {
      a.update(ramp(100 + i, 2));
      b.update(ramp(300 + i, 3));
      hash.oneShot(ramp(50, i));
    }
    const joined = (length: number, seed: number) =>
      Buffer.concat(Array.from({ length: 20 }, (_, i) => ramp(length + i, seed)));
    expect(a.digest()).toBe(native.oneShot(joined(100, 2)));
    expect(b.digest()).toBe(native.oneShot(joined(300, 3)));
  });

  it('goes on after a digest', () => {
    const stream = hash.create();
    expect(stream.digest()).toBe('99aa06d3014798d86001c324468d497f');
    stream.update(ramp(500, 4).subarray(0, 250));
    expect(stream.digest()).toBe(native.oneShot(ramp(250, 4)));
    stream.update(ramp(500, 4).subarray(250));
    expect(stream.digest()).toBe(native.oneShot(ramp(500, 4)));
  });
});

it('gives one digest for any bytes, any split and either implementation', () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 8 });
  fc.assert(
    fc.property(pieces, (parts) => {
      const streams = [native.create(), wasm.create()];
      for (const part of parts) for (const stream of streams) stream.update(part);
      const whole = Buffer.concat(parts);
      const digests = [
        native.oneShot(whole),
        wasm.oneShot(whole),
        ...streams.map((stream) => stream.digest()),
      ];
      expect(new Set(digests).size).toBe(1);
      expect(digests[0]).toMatch(/^[0-9a-f]{32}$/);
    }),
  );
});

it('refuses an implementation that drops leading zeros or ignores a piece', () => {
  const unpadded = { ...native, oneShot: (bytes: Uint8Array) => native.oneShot(bytes).replace(/^0+/, '') };
  const deaf = { ...native, create: () => ({ ...native.create(), update: () => {} }) };
  expect([unpadded, deaf].map(passesSelfTest)).toEqual([false, false]);
});

it('uses the native module here', () => {
  expect(hashImplementation()).toBe('native');
  expect(xxh128(Buffer.from('hello'))).toBe('b5e9c1ad071b3e7fc779cfaa5e523818');
  expect(hasher.oneShot).toBe(xxh128);
  expect(createXxh128().digest()).toBe('99aa06d3014798d86001c324468d497f');
});

it.each(['native', 'wasm'])('RX_ATTACHMENTS_HASH=%s forces it', (name) => {
  expect(runWith(name)).toMatchObject({ status: 0, stdout: `${name} 0007eb5378c8c1982128c1309bfb0682\n` });
});

it('refuses another value of RX_ATTACHMENTS_HASH', () => {
  const { status, stderr } = runWith('md5');
  expect(status).toBe(1);
  expect(stderr).toContain('RX_ATTACHMENTS_HASH must be "native" or "wasm", not "md5"');
});

it('falls back to WebAssembly where the native module does not load', () => {
  const code = `import Module from 'node:module'; const load = Module._load;
    Module._load = (name, ...rest) => { if (name === 'xxhash-addon') throw new Error('no build'); return load(name, ...rest); };
    ${PRINT}`;
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', code, compiled], {
    encoding: 'utf8',
  });
  expect(out).toBe('wasm 0007eb5378c8c1982128c1309bfb0682\n');
});
