import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAdaptiveLimit } from '../../src/backends/adaptive-limit.js';
import { withBandwidth } from '../../src/backends/bandwidth.js';
import { withBandwidthLimit } from '../../src/backends/bandwidth-limit.js';
import { type ConformanceCapabilities, storageClientConformance } from '../../src/backends/conformance.js';
import { openDirectoryStore } from '../../src/backends/directory.js';
import { withFaults } from '../../src/backends/faults.js';
import { ForwardingClient } from '../../src/backends/forwarding.js';
import { withGuidance } from '../../src/backends/guidance.js';
import { withLimits } from '../../src/backends/limit.js';
import { MemoryClient } from '../../src/backends/memory.js';
import { withMetering } from '../../src/backends/metering.js';
import { withMultipart } from '../../src/backends/multipart.js';
import { withRetries } from '../../src/backends/retry.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { StorageError } from '../../src/model/errors.js';
import { createBudget } from '../../src/pipeline/budget.js';

const memory = async (): Promise<StorageClient> => new MemoryClient({ xxh128: hasher, buckets: ['bucket'] });
const directory = (dir: string): Promise<StorageClient> =>
  openDirectoryStore(join(dir, 'store'), { xxh128: hasher, bucket: 'bucket', rootPrefix: 'root' });
const around =
  (
    wrap: (client: StorageClient) => StorageClient,
    inner = memory as (dir: string) => Promise<StorageClient>,
  ) =>
  async (dir: string) =>
    wrap(await inner(dir));
/** Bodies of the suite that are not tiny travel in parts. */
const smallParts = { partSizeBytes: 64 * 1024, thresholdBytes: 900, partsAtOnce: 3 };
const lost = () => new StorageError('Network', 'made for this test', { retryable: true });

const stores: [string, (dir: string) => Promise<StorageClient>, Partial<ConformanceCapabilities>?][] = [
  ['memory', memory],
  ['directory', directory, { keysBelowKeys: false }],
  [
    'directory without hard links',
    (dir) =>
      openDirectoryStore(join(dir, 'store'), {
        ...{ xxh128: hasher, bucket: 'bucket', rootPrefix: 'root' },
        calls: {
          link: (async () => {
            throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
          }) as never,
        },
      }),
    { keysBelowKeys: false, conditionalWrites: false },
  ],
  ['forwarding around memory', around((client) => new ForwardingClient(client))],
  ['retry around memory', around((client) => withRetries(client))],
  [
    'retry around a client whose every other call fails before it is made',
    around((client) =>
      withRetries(
        withFaults(client, ({ number, method }) =>
          // a listing is begun again from its first page, so it needs a few good ones in a row
          number % (method.startsWith('list') ? 5 : 2) === 1 ? { kind: 'before', error: lost() } : undefined,
        ),
        { maxAttempts: 40, initialBackoffMs: 1, maxBackoffMs: 1 },
      ),
    ),
  ],
  [
    'limit around memory',
    around((client) =>
      withLimits(client, { all: createBudget('all', 3), byClass: { head: createBudget('head', 1) } }),
    ),
  ],
  [
    'limit around directory',
    around((client) => withLimits(client, { all: createBudget('all', 1) }), directory),
    { keysBelowKeys: false },
  ],
  ['metering around memory', around(withMetering)],
  [
    'bandwidth around memory',
    around((client) => withBandwidth(client, { bytesPerSecond: 4e9, latencyMs: 0 })),
  ],
  ['guidance around memory', around((client) => withGuidance(client))],
  ['adaptive limit around memory', around((client) => withAdaptiveLimit(client))],
  ['fixed limit around memory', around((client) => withAdaptiveLimit(client, { maxConnections: 2 }))],
  ['bandwidth limit around memory', around((client) => withBandwidthLimit(client, { up: 4e9, down: 4e9 }))],
  ['multipart around memory', around((client) => withMultipart(client, { ...smallParts, xxh128: hasher }))],
  [
    'multipart around directory',
    around((client) => withMultipart(client, { ...smallParts, xxh128: hasher }), directory),
    { keysBelowKeys: false },
  ],
  [
    'the policies of an S3 store around memory',
    around((client) => {
      const limited = withAdaptiveLimit(client, { maxConnections: 8 });
      const retried = withRetries(withBandwidthLimit(limited, { up: 4e9, down: 4e9 }), { xxh128: hasher });
      return withGuidance(withMultipart(retried, { ...smallParts, xxh128: hasher }));
    }),
  ],
  ['faults without a plan around memory', around((client) => withFaults(client, () => undefined))],
  [
    'all policies around directory',
    around(
      (client) =>
        withMetering(
          withRetries(
            withLimits(
              withBandwidth(
                withFaults(client, () => undefined),
                { bytesPerSecond: 4e9, latencyMs: 0 },
              ),
              { all: createBudget('all', 8) },
            ),
          ),
        ),
      directory,
    ),
    { keysBelowKeys: false },
  ],
];

it('has unique names', () => {
  const names = storageClientConformance().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(40);
});

describe.each(stores)('%s', (name, open, capabilities) => {
  let dir: string;
  let client: StorageClient;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'conformance-'));
    client = await open(dir);
  });
  afterAll(async () => {
    const left = name.includes('directory') ? await readdir(join(dir, 'store'), { recursive: true }) : [];
    await rm(dir, { recursive: true, force: true });
    expect(left.filter((path) => path.endsWith('.part'))).toEqual([]);
  });

  it.each(storageClientConformance().map((each) => [each.name, each] as const))('%s', async (_name, each) => {
    await each.run({
      ...{ client, bucket: 'bucket', prefix: 'root/', directory: dir, xxh128: hasher },
      capabilities: { missingBucket: 'no-such-bucket', ...capabilities },
    });
  });
});
