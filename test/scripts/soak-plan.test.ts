import { expect, it } from 'vitest';
import { planSoak } from '../../scripts/lib/soak-plan.mjs';

const S3_KILLS = ['test/kill/s3-upload.test.ts', 'test/kill/s3-download.test.ts'];
const KILLS = ['test/kill/upload.test.ts', 'test/kill/download.test.ts'];

it.each([
  [[], [{ files: [...KILLS, ...S3_KILLS, 'test/faults'] }]],
  [['--only', 's3-kills'], [{ files: S3_KILLS }]],
  [['--only', 'kills,s3-kills'], [{ files: [...KILLS, ...S3_KILLS] }]],
  [['--only', 'fault-14,fault-9'], [{ files: ['test/faults'], pattern: 'fault (?:14|09)\\b' }]],
  [
    ['--only', 's3-kills', '--only', 'fault-39'],
    [{ files: S3_KILLS }, { files: ['test/faults'], pattern: 'fault (?:39)\\b' }],
  ],
  [['--only', 'fault-39,faults'], [{ files: ['test/faults'] }]],
])('%j runs %j', (argv, calls) => {
  expect(planSoak(argv, {}).calls).toEqual(calls);
});

it.each([
  [[], {}, { KILL_RUNS: '500', SOAK: '1' }],
  [[], { KILL_RUNS: '10', KILL_SEED: '7' }, { KILL_RUNS: '10', KILL_SEED: '7', SOAK: '1' }],
  [['--runs', '20', '--seed', '3'], { KILL_RUNS: '10' }, { KILL_RUNS: '20', KILL_SEED: '3', SOAK: '1' }],
])('%j with %j sets %j', (argv, env, expected) => {
  expect(planSoak(argv, env).env).toEqual(expected);
});

it.each([
  [['--only', 's4-kills'], '--only s4-kills: must be one of'],
  [['--only', 'fault-49'], '--only fault-49: must be one of'],
  [['--only', 'fault-0'], '--only fault-0: must be one of'],
  [['--runs', '1'], '--runs 1: must be a whole number of at least 2'],
  [['--runs', 'many'], '--runs many: must be'],
  [['--seed', 'x'], '--seed x: must be'],
  [['--often'], '--often'],
])('%j is refused', (argv, message) => {
  expect(() => planSoak(argv, {})).toThrow(message);
});
