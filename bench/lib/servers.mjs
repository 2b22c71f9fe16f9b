// S3 servers for benchmarks: null-s3 measures the client alone, versitygw is a real server that stores files.
// Both end with this process. `env` is what clients of any kind (this project, s5cmd, Python) need to reach them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPeer } from '../../scripts/lib/peers.mjs';

const KEY = '123456789012';
const SECRET = 'secretsecret';
const READY_MS = 20_000;

/** Path of a program that a benchmark needs; says how to get it where it is missing. */
export function neededPeer(name) {
  const path = findPeer(name);
  if (!path) throw new Error(`${name} is missing: run node scripts/setup-peers.mjs`);
  return path;
}

/** `keep`: objects can be read back, from memory. `latencyMs` is added to every request. Every name is a bucket. */
export async function startNullS3({ keep = false, latencyMs = 0 } = {}) {
  const args = ['-addr', '127.0.0.1:0', '-with-parent', ...(keep ? ['-keep'] : [])];
  if (latencyMs > 0) args.push('-latency', `${latencyMs}ms`);
  const child = spawn(neededPeer('null-s3'), args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const endpoint = await firstAddress(child);
  const ask = async (path) => (await fetch(`${endpoint}${path}`)).text();
  return {
    endpoint,
    pid: child.pid,
    env: clientEnv(endpoint),
    /** Requests by kind, and bytes, since the start or `reset()`. */
    stats: async () => JSON.parse(await ask('/__stats')),
    reset: () => ask('/__reset'),
    stop: () => stop(child),
  };
}

/** A real server over a fresh directory below `parent`, with the given buckets. */
export async function startVersity({ buckets = ['bucket'], parent = tmpdir() } = {}) {
  const directory = mkdtempSync(join(parent, 'rx-attachments-bench-s3-'));
  for (const bucket of buckets) mkdirSync(join(directory, bucket));
  const port = await freePort();
  const args = ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive', '--health', '/health'];
  const env = { ...process.env, ROOT_ACCESS_KEY: KEY, ROOT_SECRET_KEY: SECRET };
  const child = spawn(neededPeer('versitygw'), [...args, 'posix', directory], { stdio: 'ignore', env });
  process.once('exit', () => child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  await healthy(child, endpoint);
  return {
    endpoint,
    pid: child.pid,
    directory,
    env: clientEnv(endpoint),
    stop: async () => {
      await stop(child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function clientEnv(endpoint) {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    S3_ENDPOINT_URL: endpoint, // for s5cmd
    AWS_ACCESS_KEY_ID: KEY,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_ACCOUNT_ID: KEY,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

async function firstAddress(child) {
  let text = '';
  child.stderr.setEncoding('utf8');
  for await (const piece of child.stderr.iterator({ destroyOnReturn: false })) {
    text += piece;
    const found = /on (http:\S+)/.exec(text);
    if (!found) continue;
    child.stderr.resume();
    return found[1];
  }
  throw new Error(`null-s3 did not start: ${text}`);
}

async function healthy(child, endpoint) {
  const until = performance.now() + READY_MS;
  while (performance.now() < until && child.exitCode === null) {
    const answer = await fetch(`${endpoint}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(20);
  }
  throw new Error('versitygw did not start');
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await Promise.race([once(child, 'exit'), sleep(3_000)]);
  child.kill('SIGKILL');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
