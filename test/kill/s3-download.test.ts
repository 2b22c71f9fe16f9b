/** A download from S3 that is killed leaves no file that is not whole, and the next run fetches the rest and nothing else. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PathV2023 } from '../../src/model/manifest.js';
import { Sandbox } from '../support/cli.js';
import { finalFiles, KILL_SEED, PHASE_RUNS, readV2023, remove, targetProblems } from '../support/kill.js';
import { killWhen, objectsOf, s3Flags, s3Folder, s3KillTree } from '../support/kill-s3.js';
import { requireServer } from '../support/require-server.js';
import { seeded } from '../support/seeded.js';
import { useVersity } from '../support/versitygw.js';

const LARGE_BYTES = 32 << 20;

requireServer('versitygw')('a killed download from S3', () => {
  const server = useVersity();
  const sandbox = new Sandbox();
  const random = seeded(KILL_SEED + 3);
  const target = sandbox.join('target');
  let entries: ReadonlyMap<string, PathV2023> = new Map();
  let download: string[] = [];
  const counts = { killed: 0, ended: 0, partial: 0, leftOvers: 0 };

  beforeAll(async () => {
    s3KillTree(sandbox);
    const env = server().env();
    const submitted = await sandbox.run(['submit', 'tree', '--quiet', ...s3Flags(server())], { env });
    expect(submitted).toMatchObject({ code: 0 });
    const [{ inputManifestPath }] = JSON.parse(submitted.stdout).manifests;
    const manifest = join(s3Folder(server()), 'Manifests', inputManifestPath);
    entries = new Map(readV2023(manifest).paths.map((entry) => [entry.path, entry]));
    const flags = [
      '--destination',
      'target',
      '--conflict-resolution',
      'skip',
      '--json',
      '--progress',
      'none',
    ];
    download = ['attachment', 'download', '-m', manifest, ...flags, ...s3Flags(server())];
  }, 180_000);
  afterAll(() => {
    sandbox.remove();
    console.log(`kill s3-download: ${PHASE_RUNS} runs, seed ${KILL_SEED}, ${JSON.stringify(counts)}`);
  });

  it.each(Array.from({ length: PHASE_RUNS }, (_, run) => run))(
    `run %d: every file is whole and the next run fetches what is missing (seed ${KILL_SEED})`,
    { timeout: 120_000 },
    async (run) => {
      remove(target);
      await killOne(run);
      await finish();
    },
  );

  it('most were killed in the middle', () => {
    expect(counts.partial).toBeGreaterThan(PHASE_RUNS / 2);
  });

  /** Every other run is killed at a random number of files, the others while a large one arrives. */
  async function killOne(run: number): Promise<void> {
    const at = Math.ceil(random() * entries.size);
    const isTime = run % 2 === 0 ? () => finalFiles(target).length >= at : () => largeParts().length > 0;
    const client = run % 3 === 2 ? 'sdk' : 'direct';
    const child = sandbox.start([...download, '--s3-client', client], { env: server().env() });
    const killed = await killWhen(child, isTime, random() * 40);
    counts[killed ? 'killed' : 'ended'] += 1;
    expect(targetProblems(target, entries)).toEqual([]);
  }

  async function finish(): Promise<void> {
    const there = new Set(finalFiles(target));
    const missing = [...entries.values()].filter(({ path }) => !there.has(path));
    const leftOvers = partFiles();
    if (missing.length > 0 && (there.size > 0 || leftOvers.length > 0)) counts.partial += 1;
    if (leftOvers.length > 0) counts.leftOvers += 1;

    server().clearRequests();
    const again = await sandbox.run(download, { env: server().env() });
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({
      processed_files: missing.length,
      skipped_files: there.size,
    });
    const fetched = new Set(objectsOf(server(), 'GetObject'));
    expect([...fetched]).toEqual([...new Set(missing.map(({ hash }) => `${hash}.xxh128`))].sort());
    expect(finalFiles(target)).toHaveLength(entries.size);
    expect(targetProblems(target, entries)).toEqual([]);
    // Left-overs of the killed run stay for a day; the next run adds none.
    expect(partFiles()).toEqual(leftOvers);
  }

  function partFiles(): string[] {
    try {
      return readdirSync(target, { recursive: true })
        .map(String)
        .filter((name) => name.includes('.ja-'))
        .sort();
    } catch {
      return []; // not made yet
    }
  }

  function largeParts(): string[] {
    return partFiles().filter((name) => {
      const found = statSync(join(target, name), { throwIfNoEntry: false });
      return found !== undefined && found.size >= LARGE_BYTES;
    });
  }
});
