#!/usr/bin/env node
// Kills the command line at random moments, many times, and says how often which promise was broken; then the rows
// of the fault table that verify runs shortened, in full length. `lib/soak-plan.mjs` says what may be chosen.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planSoak, USAGE } from './lib/soak-plan.mjs';
import { root } from './lib/steps.mjs';

const plan = planned();
const scratch = mkdtempSync(join(tmpdir(), 'rx-attachments-soak-'));
let code = 0;
try {
  for (const call of plan.calls) code = (await soak(call)) || code;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exit(code);

function planned() {
  try {
    return planSoak(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Runs the tests with their output shown, then one line for each file and one for each failure; the exit code. */
async function soak({ files, pattern }) {
  const file = join(scratch, 'report.json');
  rmSync(file, { force: true });
  const reporters = ['--reporter=verbose', '--reporter=json', `--outputFile.json=${file}`];
  const chosen = pattern === undefined ? [] : ['--testNamePattern', pattern, '--hideSkippedTests'];
  const args = [`${root}node_modules/vitest/vitest.mjs`, 'run', ...files, ...reporters, ...chosen];
  const child = spawn(process.execPath, args, { cwd: root, env: plan.env, stdio: 'inherit' });
  const exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  summarise(file);
  return exitCode ?? 1;
}

function summarise(file) {
  console.log('\n== soak');
  for (const { name, assertionResults } of JSON.parse(readFileSync(file, 'utf8')).testResults) {
    const ran = assertionResults.filter(({ status }) => status === 'passed' || status === 'failed');
    if (ran.length === 0) continue;
    const failed = ran.filter(({ status }) => status === 'failed');
    const runs = ran.filter(({ title }) => /^(?:run|fault) /.test(title));
    console.log(`${name.slice(root.length)}: ${runs.length} runs, ${failed.length} failed`);
    for (const { title, failureMessages } of failed) console.log(`  ${title}\n    ${failureMessages[0]}`);
  }
}
