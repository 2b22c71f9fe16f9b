// What the scripts share: running a step and installing what is missing. Plain Node, no package.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a command with its output shown; its exit code. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Runs a step of a script; ends the script with its exit code when it fails. */
export function step(title, command, args, options) {
  const startedMs = performance.now();
  console.log(`\n== ${title}`);
  const status = run(command, args, options);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`== ${title}: ${status === 0 ? 'done' : `FAILED (exit code ${status})`} in ${seconds} s`);
  if (status !== 0) process.exit(status);
}

/** True when the command exists and runs. */
export function has(command, args = ['--version']) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Installs Debian packages, where that is possible; true on success. */
export function installPackages(names) {
  if (process.getuid?.() !== 0 || !has('apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
  return (
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...names], { env, stdio: 'ignore' }) ===
    0
  );
}

/** Installs the packages of the lock file, unless they are there already. */
export function installDependencies() {
  if (isInstalled()) return;
  const install = (env = process.env) =>
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env });
  if (install() === 0) return;
  // A native package that finds no binary made for this machine is compiled, which needs these.
  console.log(
    '== npm ci failed: trying once more with a compiler, and the headers of this Node if it has them',
  );
  if (!has('g++') || !has('make')) installPackages(['python3', 'make', 'g++']);
  if (install({ ...process.env, ...headers() }) !== 0) {
    console.error('npm ci failed: python3, make and g++ are needed where no prebuilt binary can be fetched');
    process.exit(1);
  }
}

/** Tells node-gyp to use the headers beside this Node instead of fetching them. */
function headers() {
  const prefix = dirname(dirname(process.execPath));
  return existsSync(join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}

/** npm writes this file when an install is complete. */
function isInstalled() {
  const installed = `${root}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const wanted = packagesOf(`${root}package-lock.json`);
  const there = packagesOf(installed);
  return (
    Object.entries(there).every(([path, version]) => wanted[path] === version) &&
    Object.keys(there).length > 0 &&
    Object.keys(wanted).every((path) => path in there || existsSync(`${root}${path}`) || isOptional(path))
  );
}

function isOptional(path) {
  return JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')).packages[path]?.optional === true;
}

function packagesOf(file) {
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(packages)
      .filter(([path]) => path !== '')
      .map(([path, { version }]) => [path, version]),
  );
}
