/**
 * Programs of others that tests talk to, as `scripts/setup-peers.mjs` installs them. See `require-server.ts` for what
 * happens where one is missing.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPeer, type PeerName } from '../../scripts/lib/peers.mjs';

export type { PeerName };

const found = new Map<PeerName, string | undefined>();

/** Absolute path of a program in its pinned version; `undefined` where it is missing. */
export function peerPath(name: PeerName): string | undefined {
  if (!found.has(name)) found.set(name, findPeer(name));
  return found.get(name);
}

/** The same, for tests that have asked `requireServer` before. */
export function peer(name: PeerName): string {
  const path = peerPath(name);
  if (path === undefined) throw new Error(`${name} is missing: run node scripts/setup-peers.mjs`);
  return path;
}

export interface ProgramOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Runs a Python script (its text) with `deadline`, `deadline.job_attachments` and boto3; what it printed. */
export function runPython(script: string, options: ProgramOptions = {}): Promise<string> {
  return runProgram(peer('python'), { ...options, args: ['-c', script, ...(options.args ?? [])] });
}

/** The same for scripts that print one JSON document. */
export async function runPythonJson(script: string, options: ProgramOptions = {}): Promise<unknown> {
  return JSON.parse(await runPython(script, options));
}

/** Runs s5cmd; what it printed. Give `env` of the server. */
export function runS5cmd(args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  return runProgram(peer('s5cmd'), { ...options, args });
}

/** Rejects with what the program printed when it does not end with 0. */
async function runProgram(file: string, options: ProgramOptions): Promise<string> {
  const { args = [], env, cwd, signal } = options;
  const settings = { maxBuffer: 1 << 28, env: { ...process.env, ...env }, cwd, signal };
  try {
    const { stdout } = await promisify(execFile)(file, [...args], settings);
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${file} failed: ${stderr}${stdout}`, { cause: error });
  }
}
