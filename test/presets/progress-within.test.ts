/** Progress within a file: while it is hashed, sent or fetched (spec/storage.md 3.6, spec/files-and-submission.md 1.5). */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ForwardingClient, type StoreCall } from '../../src/backends/forwarding.js';
import type { CallOptions } from '../../src/backends/storage-client.js';
import { createHashPool } from '../../src/hashing/pool.js';
import type { HashPool } from '../../src/hashing/ports.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import type { ScanProgress } from '../../src/presets/scan-progress.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { manifestOf, noise, testStore, writeTree } from '../support/contents.js';
import { memoryStore } from '../support/memory-store.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('progress-within');
const fresh = (): string => mkdtempSync(join(base, 'case-'));

const SIZE = 3 * 1024 * 1024;
const HALF = SIZE / 2;
const FILES = { large: noise(SIZE, 7), small: 'small' };
const TOTAL = SIZE + FILES.small.length;

/** What a run reports, and what wants to know of it. */
class Heard<R> {
  readonly reports: R[] = [];
  readonly #waiting = new Set<() => void>();

  readonly listen = (report: R): void => {
    this.reports.push(report);
    for (const look of this.#waiting) look();
  };

  /** Resolves with the next report that passes. */
  next(test: (report: R) => boolean): Promise<R> {
    const from = this.reports.length;
    return new Promise((resolve) => {
      const look = (): void => {
        const found = this.reports.slice(from).find(test);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
    });
  }
}

type Bytes = Pick<TransferProgress, 'overallBytes'>;

/** Half of a body moves, which is reported, and is taken back, which is not. */
async function halfway<R>(
  onBytes: CallOptions['onBytes'],
  heard: Heard<R>,
  bytesOf: (report: R) => number,
): Promise<void> {
  const half = heard.next((report) => bytesOf(report) >= HALF);
  onBytes?.(HALF);
  expect([HALF, HALF + FILES.small.length]).toContain(bytesOf(await half));
  const later = heard.next(() => true);
  onBytes?.(-HALF);
  expect([HALF, HALF + FILES.small.length]).toContain(bytesOf(await later));
}

const overall = ({ overallBytes }: Bytes): number => overallBytes;

/** A store in memory whose calls of one kind get stuck halfway, once each, when they are for the large object. */
class HalfwayClient extends ForwardingClient {
  constructor(
    readonly method: StoreCall['method'],
    readonly heard: Heard<TransferProgress>,
  ) {
    super(memoryStore());
  }

  protected override async around<T>(
    { method, bodyBytes, options }: StoreCall,
    run: (changes?: CallOptions) => Promise<T>,
  ): Promise<T> {
    const isLarge = bodyBytes === undefined || bodyBytes === SIZE;
    if (method === this.method && isLarge && options?.onBytes)
      await halfway(options.onBytes, this.heard, overall);
    return run();
  }
}

function expectWhole(numbers: readonly number[]): void {
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  expect(numbers.at(-1)).toBe(TOTAL);
}

it('moves while a file is sent', async () => {
  const heard = new Heard<TransferProgress>();
  const store = testStore(undefined, new HalfwayClient('putObject', heard));
  await submitTree({ root: writeTree(fresh(), FILES), store, onProgress: heard.listen });
  expectWhole(heard.reports.map(overall));
});

it('moves while a file is fetched, and copies count when they are made', async () => {
  const heard = new Heard<TransferProgress>();
  const store = testStore(undefined, new HalfwayClient('getObject', heard));
  const manifest = await manifestOf(store, { large: FILES.large });
  const [large] = manifest.paths;
  const copies = { ...manifest, paths: [large, { ...large, path: 'copy' }] } as typeof manifest;
  await downloadManifestContents({ manifest: copies, root: fresh(), store, onProgress: heard.listen });
  const bytes = heard.reports.map(overall);
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  expect(bytes.at(-1)).toBe(2 * SIZE);
});

it('moves while a file is hashed, in both kinds of reports', async () => {
  const scans = new Heard<ScanProgress>();
  const transfers = new Heard<TransferProgress>();
  const pool = createHashPool({ threads: 1 });
  const stuck: HashPool = {
    ...pool,
    hashFiles: async (requests, call) => {
      if (requests.some(({ path }) => path.endsWith('large')))
        await halfway(call?.onBytes, scans, ({ bytesProcessed }) => bytesProcessed);
      return pool.hashFiles(requests, call);
    },
  };
  try {
    const root = writeTree(fresh(), FILES);
    await createManifest({
      root,
      hashPool: stuck,
      onScan: scans.listen,
      onProgress: transfers.listen,
    });
  } finally {
    await pool.close();
  }
  expectWhole(scans.reports.map(({ bytesProcessed }) => bytesProcessed));
  expectWhole(transfers.reports.map(overall));
});

it('tells the hashing before an upload for itself', async () => {
  const heard = new Heard<TransferProgress>();
  const pool = createHashPool({ threads: 1 });
  const stuck: HashPool = {
    ...pool,
    hashFiles: async (requests, call) => {
      const half = heard.next(({ operationDone }) => (operationDone?.bytes ?? 0) >= HALF);
      call?.onBytes?.(HALF);
      expect(await half).toMatchObject({
        operation: 'Hashing',
        operationDone: { files: 0, bytes: HALF },
        overallBytes: 0,
        transferRate: expect.toSatisfy((rate: number) => rate > 0),
      });
      call?.onBytes?.(-HALF);
      return pool.hashFiles(requests, call);
    },
  };
  try {
    const root = writeTree(fresh(), { large: FILES.large });
    await submitTree({ root, store: testStore(), hashPool: stuck, onProgress: heard.listen });
  } finally {
    await pool.close();
  }
  expect(heard.reports.at(-1)).toMatchObject({
    status: 'COMPLETE',
    operation: 'Uploading',
    overallBytes: SIZE,
  });
  expect(heard.reports.at(-1)).not.toHaveProperty('operationDone');
});

it('says that it uploads while a store lets nothing arrive', async () => {
  const heard = new Heard<TransferProgress>();
  class Unmoved extends ForwardingClient {
    protected override async around<T>({ method, key }: StoreCall, run: () => Promise<T>): Promise<T> {
      if (method === 'putObject' && key.includes('/Data/'))
        await heard.next(({ operation }) => operation === 'Uploading');
      return run();
    }
  }
  const store = testStore(undefined, new Unmoved(memoryStore()));
  await submitTree({ root: writeTree(fresh(), { f: 'f' }), store, onProgress: heard.listen });
  const [first] = heard.reports.filter(({ operation }) => operation === 'Uploading');
  expect(first).toMatchObject({ overallBytes: 0, transferRate: 0 });
});
