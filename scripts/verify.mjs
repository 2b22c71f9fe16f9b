#!/usr/bin/env node
// From a bare clone to tested: installs what the tests need, builds, checks and tests.
import { has, installDependencies, installPackages, run, step } from './lib/steps.mjs';

console.log('== Install');
installDependencies();
const tools = [
  ['python3', ['-c', 'import sqlite3'], 'python3'],
  ['script', ['--version'], 'bsdutils'],
  ['setpriv', ['--version'], 'util-linux'],
];
const missing = tools.filter(([command, args]) => !has(command, args)).map(([, , name]) => name);
if (missing.length > 0 && !installPackages(missing)) {
  console.error(`== these programs are missing and cannot be installed here: ${missing.join(', ')}`);
  if (process.env.REQUIRE_REAL_SERVERS === '1') process.exit(1);
}

// Exits with 1 only when REQUIRE_REAL_SERVERS=1 and one cannot be had; else the tests that need it are skipped, loudly.
step('Real servers and peers', process.execPath, ['scripts/setup-peers.mjs']);

const bin = (name) => `node_modules/.bin/${name}`;
step('Build', process.execPath, ['scripts/build.mjs']);
step('Types', process.execPath, [bin('tsc'), '--noEmit', '-p', 'tsconfig.json']);
step('Format and lint', bin('biome'), ['check', '--error-on-warnings', '.']);
step('Fixtures are current', process.execPath, ['scripts/sync-fixtures.mjs', '--check']);
const env = { ...process.env, RX_ATTACHMENTS_TEST_SKIP_BUILD: '1' };
console.log('\n== Tests');
const status = run(bin('vitest'), ['run', '--reporter=default'], { env });
console.log(status === 0 ? '\n== verify: everything passed' : '\n== verify: tests FAILED');
process.exit(status);
