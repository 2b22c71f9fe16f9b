#!/usr/bin/env node
// Compiles src/ to dist/ and makes the command executable.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const buildInfo = `${root}node_modules/.cache/tsbuild.tsbuildinfo`;
// A published package holds no file of an earlier build.
if (process.argv.includes('--clean')) rmSync(`${root}dist`, { recursive: true, force: true });
// A build state without its output would make the compiler skip what is missing.
if (!existsSync(`${root}dist/index.js`)) rmSync(buildInfo, { force: true });
const { status } = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  {
    stdio: 'inherit',
  },
);
if (existsSync(`${root}dist/cli/main.js`)) chmodSync(`${root}dist/cli/main.js`, 0o755);
process.exit(status ?? 1);
