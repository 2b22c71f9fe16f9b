/** An upload that is killed leaves a store in which every name keeps its promise, and the next run finishes it. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import {
  finalFiles,
  KILL_SEED,
  killTree,
  PHASE_RUNS,
  remove,
  startAndKill,
  storeProblems,
} from '../support/kill.js';
import { seeded } from '../support/seeded.js';

const sandbox = new Sandbox();
const store = sandbox.join('store');
const submit = ['submit', 'tree', '--store', 'store', '--json', '--progress', 'none'];
const random = seeded(KILL_SEED);
let wholeMs = 0;
let objects: string[] = [];
const counts = { killed: 0, ended: 0, partial: 0 };

beforeAll(async () => {
  killTree(sandbox);
  const startedMs = performance.now();
  expect((await sandbox.run(submit)).code).toBe(0);
  wholeMs = performance.now() - startedMs;
  objects = finalFiles(sandbox.join('store/Data')).sort();
});
afterAll(() => {
  sandbox.remove();
  console.log(`kill upload: ${PHASE_RUNS} runs, seed ${KILL_SEED}, ${JSON.stringify(counts)}`);
});

it.each(Array.from({ length: PHASE_RUNS }, (_, run) => run))(
  `run %d: the store keeps its promises and the next run sends what is missing (seed ${KILL_SEED})`,
  async (run) => {
    remove(store);
    if (run % 2 === 0) remove(sandbox.join('cache')); // a killed run must also be right for the next one's caches
    const delayMs = wholeMs * (0.1 + 0.9 * random());
    const killed = await startAndKill(sandbox, submit, delayMs);
    counts[killed ? 'killed' : 'ended'] += 1;
    expect({ delayMs, problems: storeProblems(store) }).toEqual({ delayMs, problems: [] });
    const there = new Set(finalFiles(sandbox.join('store/Data')));
    if (there.size > 0 && there.size < objects.length) counts.partial += 1;

    const { code, stdout, stderr } = await sandbox.run([...submit, '--force-s3-check']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
    const { upload } = JSON.parse(stdout).stats;
    expect(upload).toMatchObject({ total_files: 3000, processed_files: objects.length - there.size });
    expect(finalFiles(sandbox.join('store/Data')).sort()).toEqual(objects);
    expect(storeProblems(store)).toEqual([]);
    expect(readdirSync(store)).toContain('Manifests');
  },
);
