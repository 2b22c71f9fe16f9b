#!/usr/bin/env node
// Kills the command line at random moments, many times, and says how often which promise was broken.
// KILL_RUNS: runs against a directory, half of them uploads, half downloads, and as many against S3; default 500.
// KILL_SEED: repeats a soak. Then the rows of the fault table that verify runs shortened, in full length.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { ...process.env, KILL_RUNS: process.env.KILL_RUNS ?? '500', SOAK: '1' };
const tests = ['test/kill', 'test/faults'];
const args = [`${root}node_modules/vitest/vitest.mjs`, 'run', ...tests, '--reporter=json'];
const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
let output = '';
child.stdout.setEncoding('utf8').on('data', (text) => {
  output += text;
});
const code = await new Promise((resolve, reject) => {
  child.once('error', reject);
  child.once('close', resolve);
});

const report = reportOf(output);
for (const line of output.split('\n')) if (line.startsWith('kill ')) console.log(line);
if (!report) {
  console.error(output);
  process.exit(code || 1);
}
for (const { name, assertionResults } of report.testResults) {
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  const phase = name.replace(/^.*\//, '').replace('.test.ts', '');
  const runs = assertionResults.filter(({ title }) => /^(?:run|fault) /.test(title));
  console.log(`${phase}: ${runs.length} runs, ${failed.length} failed`);
  for (const { title, failureMessages } of failed) console.log(`  ${title}\n    ${failureMessages[0]}`);
}
process.exit(code ?? 1);

/** The report stands on a line of its own between what the tests print. */
function reportOf(text) {
  for (const line of text.split('\n')) {
    if (!line.startsWith('{"')) continue;
    try {
      return JSON.parse(line);
    } catch {
      // another line that begins like one
    }
  }
  return undefined;
}
