#!/usr/bin/env node
// `npm run bench -- NAME [options]`: builds, then runs bench/NAME.
import { existsSync, readdirSync } from 'node:fs';
import { has, installDependencies, installPackages, root, run, step } from './lib/steps.mjs';

const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(`${root}bench`)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length));
if (!name || !existsSync(`${root}bench/${name}.mjs`)) {
  console.error(`usage: npm run bench -- ${names.join('|')} [options]`);
  process.exit(2);
}
installDependencies();
if (name === 'main-job' && !has('xxh128sum') && !installPackages(['xxhash'])) {
  console.error('xxh128sum is needed: install the package xxhash');
  process.exit(1);
}
const needsPeers = name.startsWith('s3-') || (name === 'walk' && !rest.includes('--no-python'));
if (needsPeers) step('Real servers and peers', process.execPath, ['scripts/setup-peers.mjs']);
step('Build', process.execPath, ['scripts/build.mjs']);
process.exit(run(process.execPath, ['--expose-gc', `bench/${name}.mjs`, ...rest]));
