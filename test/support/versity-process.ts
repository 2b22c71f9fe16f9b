/** One process of versitygw: started on a free port, ready, stopped. Knows no accounts and no buckets. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { peer } from './peers.js';

export interface VersityProcess {
  readonly port: number;
  readonly pid: number;
  /** What it has written to stderr, for failure messages. */
  stderr(): string;
  stop(): Promise<void>;
}

export interface VersityCommand {
  /** Options before `posix`. */
  readonly options: readonly string[];
  /** Options after `posix`, and the directory. */
  readonly posix: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM of the authority to trust; HTTPS when given. */
  readonly ca?: string | undefined;
}

const TRIES = 3;
const READY_MS = 20_000;
const STOP_MS = 3_000;

/** Rejects with the server's stderr when it does not become ready. */
export async function startVersityProcess(command: VersityCommand): Promise<VersityProcess> {
  for (let tries = 1; ; tries += 1) {
    const started = launch(command, await freePort());
    if (await isReady(started, command.ca)) return started.handle;
    await started.handle.stop();
    // Somebody else may have taken the port meanwhile.
    if (tries === TRIES) throw new Error(`versitygw did not start: ${started.handle.stderr()}`);
  }
}

interface Launched {
  readonly child: ChildProcess;
  readonly handle: VersityProcess;
}

function launch(command: VersityCommand, port: number): Launched {
  const fixed = ['--port', `127.0.0.1:${port}`, '--quiet', '--keep-alive', '--health', '/health'];
  const [file = '', ...wrapped] = [...dieWithParent(), peer('versitygw')];
  const args = [...wrapped, ...fixed, ...command.options, 'posix', ...command.posix];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env: environment(command.env) });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-65_536);
  });
  child.once('error', (error) => {
    stderr += error.message;
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('close', () => process.removeListener('exit', killAtExit));
  const handle = { port, pid: child.pid ?? 0, stderr: () => stderr, stop: () => stop(child) };
  return { child, handle };
}

/** On Linux a test runner that is killed takes its servers with it. */
function dieWithParent(): readonly string[] {
  if (process.platform !== 'linux') return [];
  const args = ['--pdeathsig', 'KILL'];
  return spawnSync('setpriv', [...args, 'true']).status === 0 ? ['setpriv', ...args] : [];
}

/** No credentials or endpoints of the person who runs the tests. */
function environment(own: VersityCommand['env']): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|VGW|ROOT)_/.test(name));
  return { ...Object.fromEntries(inherited), ...own };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await gone;
  clearTimeout(insist);
}

async function isReady({ child, handle }: Launched, ca: string | undefined): Promise<boolean> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until && child.exitCode === null && child.pid !== undefined) {
    if ((await healthStatus(handle.port, ca)) === 200) return true;
    await sleep(20);
  }
  return false;
}

function healthStatus(port: number, ca: string | undefined): Promise<number | undefined> {
  const scheme = ca === undefined ? 'http' : 'https';
  return new Promise((resolve) => {
    const url = `${scheme}://127.0.0.1:${port}/health`;
    const request = (ca === undefined ? getHttp : getHttps)(url, { ca, agent: false, timeout: 5_000 });
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
