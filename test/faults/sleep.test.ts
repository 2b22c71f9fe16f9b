/** Row 48 of the fault table (spec/storage.md section 7): the computer sleeps in the middle, and its connections are dead when it wakes. */
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../src/pipeline/clock.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { createManifest } from '../../src/presets/create-manifest.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { result, Sandbox } from '../support/cli.js';
import { noise, partFiles } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import type { S3Operation } from '../support/s3-request.js';
import {
  CLIENTS,
  MIB,
  manifestFor,
  namesOf,
  PART,
  ROOT_PREFIX,
  recordedProgress,
  scratch,
  treeOf,
  useS3,
} from './support.js';

const SMALL = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${n}`, noise(20_000, n)]));
const FILES = { ...SMALL, large: noise(8 * PART, 100) };
/** The server takes a clock that is a quarter of an hour off. */
const SLEPT_MS = 10 * 60_000;
const IDLE_MS = 1200;

requireServer('versitygw')('a computer that sleeps', () => {
  const s3 = useS3();
  const sandboxes: Sandbox[] = [];
  afterEach(() => {
    for (const sandbox of sandboxes.splice(0)) sandbox.remove();
  });

  /**
   * Falls asleep when so many requests of the kind were made: connections that are open then never answer again, in
   * use or not. Wakes up at once, with a clock that has gone on.
   */
  function sleepsAfter(count: number, operation: S3Operation) {
    const state = { slept: false, deadConnections: 0, sleptMs: 0, keysAsked: 0 };
    let seen = 0;
    s3.proxy().inject({
      ...{ name: 'dead connection', times: 'always', optional: true },
      fault: (request) => {
        if (request.operation === operation) seen += 1;
        if (seen === count && !state.slept) {
          state.slept = true;
          state.deadConnections = s3.proxy().connections.total;
          state.sleptMs = SLEPT_MS;
        }
        return state.slept && request.connection < state.deadConnections ? { answer: 'stall' } : undefined;
      },
    });
    const started = Date.now();
    const settings = {
      ...{ idleTimeoutMs: IDLE_MS, connectTimeoutMs: 5000, partSizeBytes: PART, maxConnections: 12 },
      clock: { ...systemClock, now: () => Date.now() + state.sleptMs },
      // Good for eight minutes, then for ever.
      credentials: async () => {
        state.keysAsked += 1;
        const expiration = new Date(started + 8 * 60_000);
        return state.keysAsked === 1 ? { ...s3.server().credentials, expiration } : s3.server().credentials;
      },
    };
    return { state, settings };
  }

  it.each(CLIENTS)(
    'fault 48: system sleep in the middle of a submission: dead sockets noticed, retried, credentials refreshed (%s)',
    async (client) => {
      const { state, settings } = sleepsAfter(20, 'PutObject');
      const store = await s3.store(client, settings);
      const { onProgress, problems } = recordedProgress();
      const { uploadStats } = await submitTree({ root: treeOf(FILES), store, onProgress });
      const count = Object.keys(FILES).length;
      expect(uploadStats).toMatchObject({ totalFiles: count, processedFiles: count, status: 'COMPLETE' });
      expect(state).toMatchObject({ slept: true, keysAsked: 2 });
      expect(s3.objects()).toEqual(namesOf(Object.values(FILES)));
      expect(s3.tornObjects()).toEqual([]);
      expect(s3.manifests()).toHaveLength(1);
      expect(await s3.uploads()).toEqual([]);
      expect(problems).toEqual([]);
    },
  );

  it.each(CLIENTS)(
    'fault 48: system sleep in the middle of a large file: its parts are sent again, credentials refreshed (%s)',
    async (client) => {
      const { state, settings } = sleepsAfter(4, 'UploadPart');
      const store = await s3.store(client, settings);
      const large = noise(12 * PART, 101);
      const { uploadStats } = await submitTree({ root: treeOf({ large }), store });
      expect(uploadStats).toMatchObject({ processedFiles: 1, processedBytes: large.length });
      expect(state).toMatchObject({ slept: true, keysAsked: 2 });
      expect(s3.proxy().count('CreateMultipartUpload')).toBe(1);
      expect(s3.objects()).toEqual(namesOf([large]));
      expect(s3.tornObjects()).toEqual([]);
      expect(await s3.uploads()).toEqual([]);
    },
  );

  it.each(CLIENTS)(
    'fault 48: system sleep in the middle of a download: dead sockets noticed, retried, credentials refreshed (%s)',
    async (client) => {
      await s3.putObjects(...Object.values(FILES));
      const { state, settings } = sleepsAfter(20, 'GetObject');
      const store = await s3.store(client, settings);
      const [root, manifest] = [scratch(), manifestFor(FILES)];
      const stats = await downloadManifestContents({ manifest, root, store });
      expect(stats).toMatchObject({ processedFiles: manifest.paths.length, status: 'COMPLETE' });
      expect(state).toMatchObject({ slept: true, keysAsked: 2 });
      const found = await createManifest({ root });
      const entries = found?.version === 'v2023-03-03' ? found.paths : [];
      expect(Object.fromEntries(entries.map(({ path, hash }) => [path, hash]))).toEqual(
        Object.fromEntries(manifest.paths.map(({ path, hash }) => [path, hash])),
      );
      expect(partFiles(root)).toEqual([]);
    },
  );

  it.runIf(process.platform !== 'win32')(
    'fault 48: system sleep of the command line (stopped, its connections closed meanwhile, continued): it ends well',
    { timeout: 120_000 },
    async () => {
      const sandbox = new Sandbox();
      sandboxes.push(sandbox);
      sandbox.tree('tree', { ...SMALL, large: noise(40 * MIB, 102) });
      s3.proxy().inject({ times: 'always', fault: { latencyMs: 30 } });
      const args = [
        'submit',
        'tree',
        '--store',
        `s3://${s3.bucket()}/${ROOT_PREFIX}`,
        '--progress',
        'none',
        '--json',
      ];
      const child = sandbox.start([...args, '--s3-endpoint-url', s3.proxy().endpoint], {
        env: s3.server().env(),
      });
      const ended = result(child);
      await expect
        .poll(() => s3.proxy().count('PutObject'), { timeout: 60_000, interval: 5 })
        .toBeGreaterThan(10);
      child.kill('SIGSTOP');
      await expect.poll(() => s3.proxy().inFlight.now, { timeout: 10_000 }).toBeLessThan(30);
      s3.proxy().closeConnections();
      child.kill('SIGCONT');
      const { code, stdout, stderr } = await ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { total_files, processed_files, skipped_files } = JSON.parse(stdout).stats.upload;
      // An object whose answer was lost is there when it is sent again.
      expect([total_files, processed_files + skipped_files]).toEqual([61, 61]);
      expect(s3.objects()).toHaveLength(61);
      expect(s3.tornObjects()).toEqual([]);
      expect(await s3.uploads()).toEqual([]);
    },
  );
});
