/** An upload to S3 that is killed leaves no promise unkept and no torn object, and the next run sends what is missing, once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MultipartInfo, StorageClient } from '../../src/backends/storage-client.js';
import { sweepOrphans } from '../../src/backends/sweep-orphans.js';
import { openStore } from '../../src/presets/open-store.js';
import { Sandbox } from '../support/cli.js';
import { finalFiles, KILL_SEED, PHASE_RUNS, remove, storeProblems } from '../support/kill.js';
import {
  KILL_PREFIX,
  killWhen,
  objectsOf,
  s3Flags,
  s3Folder,
  s3KillTree,
  serverIdle,
} from '../support/kill-s3.js';
import { requireServer } from '../support/require-server.js';
import { seeded } from '../support/seeded.js';
import { startVersity, type VersityServer } from '../support/versitygw.js';

const LARGE_FILES = 3;

requireServer('versitygw')('a killed upload to S3', () => {
  const sandbox = new Sandbox();
  const random = seeded(KILL_SEED + 2);
  let objects: string[] = [];
  let requests = 0;
  const counts = { killed: 0, ended: 0, partial: 0, inParts: 0, orphans: 0 };

  beforeAll(async () => {
    s3KillTree(sandbox);
    const server = await startVersity();
    try {
      expect(await submit(server)).toMatchObject({ code: 0 });
      objects = stored(server);
      requests = server.requests().length;
      expect(objectsOf(server, 'PutObject', 'CompleteMultipartUpload')).toEqual(objects);
    } finally {
      await server.stop();
    }
  }, 180_000);
  afterAll(() => {
    sandbox.remove();
    console.log(`kill s3-upload: ${PHASE_RUNS} runs, seed ${KILL_SEED}, ${JSON.stringify(counts)}`);
  });

  it.each(Array.from({ length: PHASE_RUNS }, (_, run) => run))(
    `run %d: promises are kept and the next run sends what is missing (seed ${KILL_SEED})`,
    { timeout: 120_000 },
    async (run) => {
      const server = await startVersity();
      try {
        if (run % 4 < 2) remove(sandbox.join('cache')); // what a killed run wrote must be right for the next one, and may be lost
        await killOne(server, run);
        await finish(server);
      } finally {
        await server.stop();
      }
    },
  );

  it('most were killed in the middle', () => {
    expect(counts.partial).toBeGreaterThan(PHASE_RUNS / 2);
  });

  /** Three of five are killed while a file travels in parts, the others at a random request. */
  async function killOne(server: VersityServer, run: number): Promise<void> {
    const client = run % 3 === 2 ? 'sdk' : 'direct';
    const child = sandbox.start([...args(server), '--s3-client', client], { env: server.env() });
    const at = Math.ceil(random() * requests);
    const uploads = 1 + Math.floor(random() * LARGE_FILES);
    const isTime =
      (run % 5) % 2 === 0
        ? () => server.count('CreateMultipartUpload') >= uploads
        : () => server.requests().length >= at;
    const killed = await killWhen(child, isTime, random() * 60);
    await serverIdle(server);
    counts[killed ? 'killed' : 'ended'] += 1;
    expect(storeProblems(s3Folder(server))).toEqual([]);
  }

  async function finish(server: VersityServer): Promise<void> {
    const there = new Set(stored(server));
    const missing = objects.filter((name) => !there.has(name));
    const before = await openUploads(server);
    if (missing.length > 0 && (there.size > 0 || before.length > 0)) counts.partial += 1;
    if (before.length > 0) counts.inParts += 1;

    server.clearRequests();
    const again = await submit(server);
    expect(again).toMatchObject({ code: 0 });
    expect(objectsOf(server, 'PutObject', 'CompleteMultipartUpload')).toEqual(missing);
    const { upload } = JSON.parse(again.stdout).stats;
    expect(upload).toMatchObject({ total_files: 253, processed_files: missing.length });
    expect(stored(server)).toEqual(objects);
    expect(storeProblems(s3Folder(server))).toEqual([]);
    expect(finalFiles(`${s3Folder(server)}/Manifests`)).not.toEqual([]);
    await sweep(server, before);
  }

  /** The next run leaves none of its own. */
  async function sweep(server: VersityServer, orphans: readonly MultipartInfo[]): Promise<void> {
    counts.orphans += orphans.length;
    await withClient(server, async (client) => {
      const location = { bucket: server.bucket, rootPrefix: KILL_PREFIX };
      const swept = await sweepOrphans(client, location, { olderThanHours: 0 });
      expect(swept).toEqual({ aborted: orphans, failed: [], kept: 0 });
    });
    expect(await openUploads(server)).toEqual([]);
    expect(stored(server)).toEqual(objects);
  }

  const args = (server: VersityServer): string[] => [
    ...['submit', 'tree', '--json', '--progress', 'none'],
    ...s3Flags(server),
  ];
  const submit = (server: VersityServer) => sandbox.run(args(server), { env: server.env() });
  const stored = (server: VersityServer): string[] => finalFiles(`${s3Folder(server)}/Data`).sort();

  async function openUploads(server: VersityServer): Promise<MultipartInfo[]> {
    const found: MultipartInfo[] = [];
    await withClient(server, async (client) => {
      for await (const page of client.listMultipart(server.bucket, `${KILL_PREFIX}/Data/`))
        found.push(...page);
    });
    return found;
  }
});

async function withClient(
  server: VersityServer,
  body: (client: StorageClient) => Promise<void>,
): Promise<void> {
  const store = await openStore(`s3://${server.bucket}/${KILL_PREFIX}`, { s3: server.settings() });
  await body(store.client).finally(() => store.close());
}
