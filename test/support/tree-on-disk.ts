/** Trees of the fixtures, and of tests of the walk, as real files. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface DiskNode {
  readonly path: string;
  readonly type: 'file' | 'dir' | 'symlink' | 'fifo' | 'socket';
  readonly content?: string | Uint8Array;
  readonly target?: string;
  /** Octal text. */
  readonly mode?: string;
  /** Seconds. */
  readonly mtime?: number;
  readonly mtimeNs?: string;
}

/** What every regular file has that does not say otherwise (fixtures/submission/README.md). */
export const FIXTURE_MTIME_SECONDS = 1_700_000_000;

/** Makes the nodes below `root`, parents as needed. */
export function plantTree(
  root: string,
  nodes: readonly DiskNode[],
  mtimeSeconds = FIXTURE_MTIME_SECONDS,
): string {
  mkdirSync(root, { recursive: true });
  for (const node of nodes) plant(join(root, node.path), node, mtimeSeconds);
  return root;
}

function plant(path: string, node: DiskNode, mtimeSeconds: number): void {
  mkdirSync(node.type === 'dir' ? path : dirname(path), { recursive: true });
  if (node.type === 'symlink') symlinkSync(node.target ?? '', path);
  else if (node.type === 'fifo') execFileSync('mkfifo', [path]);
  else if (node.type === 'file') {
    writeFileSync(path, node.content ?? '');
    if (node.mode !== undefined) chmodSync(path, Number.parseInt(node.mode, 8));
    if (node.mtimeNs === undefined) utimesSync(path, 0, node.mtime ?? mtimeSeconds);
    else setMtimeNs(path, BigInt(node.mtimeNs));
  } else if (node.type === 'socket') throw new Error('a test that needs a socket listens on one itself');
}

const SECOND = 1_000_000_000n;

/** `utimes` of Node takes a double, which has no nanoseconds; `touch` takes them as text. */
export function setMtimeNs(path: string, ns: bigint): void {
  const fraction = ((ns % SECOND) + SECOND) % SECOND;
  const whole = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().replace(/\.\d+Z$/, '');
  execFileSync('touch', ['-d', `${whole}.${String(fraction).padStart(9, '0')}Z`, '--', path]);
}

/** `paths` as empty files. */
export function files(...paths: readonly string[]): DiskNode[] {
  return paths.map((path) => ({ path, type: 'file' }));
}

export function link(path: string, target: string): DiskNode {
  return { path, type: 'symlink', target };
}
