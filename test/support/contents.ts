/** Manifests whose objects stand in a store, stores that count and fail, and trees to compare. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FaultPlan, withFaults } from '../../src/backends/faults.js';
import { type MeteredClient, withMetering } from '../../src/backends/metering.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { FileEntry, ManifestV2023, ManifestV2025 } from '../../src/model/manifest.js';
import { type Store, storeOf } from '../../src/presets/store.js';
import { memoryStore } from './memory-store.js';

export const LOCATION = { bucket: 'bucket', rootPrefix: 'root' };

export interface TestStore extends Store {
  /** Counts what reaches the store. */
  readonly meter: MeteredClient;
  /** The store behind the counters and the faults. */
  readonly inner: StorageClient;
}

/** A store in memory whose calls are counted; `plan` makes them fail. */
export function testStore(
  plan: FaultPlan = () => undefined,
  inner: StorageClient = memoryStore(),
): TestStore {
  const meter = withMetering(withFaults(inner, plan));
  return { ...storeOf(meter, LOCATION), meter, inner };
}

export const DAY_US = 86_400_000_000;
export const MTIME = 1_700_000_000_123_457;

/** Stores an object and gives its hash. */
export async function storeObject(store: TestStore, content: Uint8Array | string): Promise<string> {
  const bytes = Buffer.from(content);
  const hash = xxh128(bytes);
  await store.inner.putObject(LOCATION.bucket, store.cas.key(hash), bytes);
  return hash;
}

/** A v2023 manifest of files, with their objects in `store`. */
export async function manifestOf(
  store: TestStore,
  files: Readonly<Record<string, Uint8Array | string>>,
  mtime = MTIME,
): Promise<ManifestV2023> {
  const paths = [];
  for (const [path, content] of Object.entries(files)) {
    const hash = await storeObject(store, content);
    paths.push({ path, hash, size: Buffer.from(content).length, mtime });
  }
  return v2023(paths);
}

export function v2023(paths: ManifestV2023['paths']): ManifestV2023 {
  const totalSize = paths.reduce((sum, { size }) => sum + size, 0);
  return { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize, paths };
}

export function v2025(
  files: readonly FileEntry[],
  more: Partial<Omit<ManifestV2025, 'version'>> = {},
): ManifestV2025 {
  return {
    version: 'v2025-12',
    pathStyle: 'relative',
    type: 'snapshot',
    hashAlg: 'xxh128',
    totalSize: files.reduce((sum, { size = 0 }) => sum + size, 0),
    dirs: [],
    files,
    fileChunkSizeBytes: 268_435_456,
    ...more,
  } as ManifestV2025;
}

/** Writes files below `root`. */
export function writeTree(root: string, files: Readonly<Record<string, Uint8Array | string>>): string {
  mkdirSync(root, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Names of temporary files below a directory. */
export function partFiles(root: string): string[] {
  return readdirSync(root, { recursive: true })
    .map(String)
    .filter((name) => name.includes('.ja-'));
}

/** Bytes without a pattern; `seed` decides them. */
export function noise(length: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (Math.imul(seed, 2_654_435_761) + 1) >>> 0;
  for (let at = 0; at < words.length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[at] = state ^ (state >>> 15);
  }
  return Buffer.from(words.buffer, 0, length);
}

export const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8');
