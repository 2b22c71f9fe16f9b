/** A download that is killed leaves no file that is not whole, and the next run brings the rest. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PathV2023 } from '../../src/model/manifest.js';
import { Sandbox } from '../support/cli.js';
import {
  finalFiles,
  KILL_SEED,
  killTree,
  PHASE_RUNS,
  readV2023,
  remove,
  startAndKill,
  targetProblems,
} from '../support/kill.js';
import { seeded } from '../support/seeded.js';

const sandbox = new Sandbox();
const random = seeded(KILL_SEED + 1);
const target = sandbox.join('target');
let download: string[] = [];
let entries: ReadonlyMap<string, PathV2023> = new Map();
let wholeMs = 0;
const counts = { killed: 0, ended: 0, partial: 0 };

beforeAll(async () => {
  killTree(sandbox);
  const { code, stdout } = await sandbox.run(['submit', 'tree', '--store', 'store', '--quiet']);
  expect(code).toBe(0);
  const [{ inputManifestPath }] = JSON.parse(stdout).manifests;
  const manifest = sandbox.join('store/Manifests', inputManifestPath);
  entries = new Map(readV2023(manifest).paths.map((entry) => [entry.path, entry]));
  download = [
    'attachment',
    'download',
    '-m',
    manifest,
    '--store',
    'store',
    '--destination',
    'target',
    '--json',
  ];
  const startedMs = performance.now();
  expect((await sandbox.run(download)).code).toBe(0);
  wholeMs = performance.now() - startedMs;
});
afterAll(() => {
  sandbox.remove();
  console.log(`kill download: ${PHASE_RUNS} runs, seed ${KILL_SEED}, ${JSON.stringify(counts)}`);
});

it.each(Array.from({ length: PHASE_RUNS }, (_, run) => run))(
  `run %d: every file is whole and the next run brings what is missing (seed ${KILL_SEED})`,
  async () => {
    remove(target);
    const delayMs = wholeMs * (0.1 + 0.9 * random());
    const killed = await startAndKill(sandbox, download, delayMs);
    counts[killed ? 'killed' : 'ended'] += 1;
    expect({ delayMs, problems: targetProblems(target, entries) }).toEqual({ delayMs, problems: [] });
    const there = finalFiles(target).length;
    if (there > 0 && there < entries.size) counts.partial += 1;

    const again = await sandbox.run([...download, '--conflict-resolution', 'skip']);
    expect(again).toMatchObject({ code: 0 });
    expect(JSON.parse(again.stdout)).toMatchObject({
      processed_files: entries.size - there,
      skipped_files: there,
    });
    expect(finalFiles(target)).toHaveLength(entries.size);
    expect(targetProblems(target, entries)).toEqual([]);
  },
);
