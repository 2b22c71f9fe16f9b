/** A tree, a trigger and a count of requests for processes that are killed while they talk to a real S3 server. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { result, type Sandbox } from './cli.js';
import { noise } from './contents.js';
import type { VersityServer } from './versity-server.js';

export const KILL_PREFIX = 'kill';
const MIB = 1 << 20;

/** Two hundred and fifty small files, a tenth of them with a content that others have, and three that travel in parts. */
export function s3KillTree(sandbox: Sandbox): string {
  const small = Array.from({ length: 250 }, (_, index): [string, Buffer] => {
    const seed = index % 10 === 9 ? index % 70 : index + 1000;
    return [`d${index % 7}/e${index % 3}/file ${index}.bin`, noise(1 + ((seed * 37) % 9000), seed)];
  });
  const large = [33, 34, 49].map((mib): [string, Buffer] => [`large/${mib}`, noise(mib * MIB + mib, mib)]);
  return sandbox.tree('tree', Object.fromEntries([...small, ...large]));
}

/** Flags that make the command line use the server, and the environment it needs. */
export function s3Flags(server: VersityServer): string[] {
  return ['--store', `s3://${server.bucket}/${KILL_PREFIX}`, '--s3-endpoint-url', server.endpoint];
}

/** Folder of `Data` and `Manifests` on the server's disk. */
export function s3Folder(server: VersityServer): string {
  return join(server.directory, server.bucket, KILL_PREFIX);
}

/** Kills the process `delayMs` after `isTime` first says so. True when it was killed, false when it ended before. */
export async function killWhen(
  child: ChildProcess,
  isTime: () => boolean,
  delayMs: number,
): Promise<boolean> {
  let kill: NodeJS.Timeout | undefined;
  const look = setInterval(() => {
    if (!isTime()) return;
    clearInterval(look);
    kill = setTimeout(() => child.kill('SIGKILL'), delayMs);
  }, 4);
  const { code, stderr } = await result(child);
  clearInterval(look);
  clearTimeout(kill);
  if (code !== null && code !== 0) throw new Error(`the command ended with ${code}: ${stderr}`);
  return code === null;
}

const TABLE = '/proc/net/tcp';
const ESTABLISHED = '01';
const CLOSE_WAIT = '08';

/** Resolves when the server has answered, or given up, every request of clients that are gone. */
export async function serverIdle({ port }: VersityServer): Promise<void> {
  // Where the system has no such table a pause must do.
  if (!existsSync(TABLE)) return sleep(1000);
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const isBusy = (line: string): boolean => {
    const [, address = '', , state = ''] = line.trim().split(/\s+/);
    return address.endsWith(local) && (state === ESTABLISHED || state === CLOSE_WAIT);
  };
  while (readFileSync(TABLE, 'latin1').split('\n').some(isBusy)) await sleep(5);
}

/** Names of the objects that requests since `clearRequests()` were about, by operation; failed requests left out. */
export function objectsOf(server: VersityServer, ...operations: readonly string[]): string[] {
  const wanted = server
    .requests()
    .filter(
      ({ operation, status, path }) =>
        operations.includes(operation) && status < 300 && path.includes('/Data/'),
    );
  return wanted.map(({ path }) => path.replace(/^.*\/Data\//, '').replace(/\?.*$/, '')).sort();
}
