/** Child processes that are watched from outside: how much memory and how many descriptors they had at most. Needs `/proc`. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CliResult, result } from '../support/cli.js';

export const canWatch = existsSync('/proc/self/status');

export interface Watched extends CliResult {
  /** The most memory it ever held. */
  readonly peakBytes: number;
  readonly peakDescriptors: number;
}

const EVERY_MS = 10;

/** Everything a child wrote, how it ended, and what it took. */
export async function watched(child: ChildProcess): Promise<Watched> {
  const state = { ended: false, peakBytes: 0, peakDescriptors: 0 };
  const watching = watch(child.pid ?? 0, state);
  const ended = await result(child);
  state.ended = true;
  await watching;
  return { ...ended, peakBytes: state.peakBytes, peakDescriptors: state.peakDescriptors };
}

async function watch(
  pid: number,
  state: { readonly ended: boolean; peakBytes: number; peakDescriptors: number },
): Promise<void> {
  while (!state.ended) {
    state.peakBytes = Math.max(state.peakBytes, highWaterBytes(pid));
    state.peakDescriptors = Math.max(state.peakDescriptors, descriptors(pid));
    await sleep(EVERY_MS);
  }
}

function highWaterBytes(pid: number): number {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0; // it has just ended
  }
}

function descriptors(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
