/** A tree, a store and a target for processes that are killed at a random moment, and what must hold afterwards. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import type { ManifestV2023, PathV2023 } from '../../src/model/manifest.js';
import { result, type Sandbox } from './cli.js';
import { noise } from './contents.js';

const KILL_RUNS = Number(process.env['KILL_RUNS'] ?? 20);
/** `KILL_RUNS` is shared by the two phases, upload and download; S3 gets as many again. */
export const PHASE_RUNS = Math.ceil(KILL_RUNS / 2);
/** Printed with every failure, and taken from `KILL_SEED` to repeat one. */
export const KILL_SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);

/** Three thousand files: small ones, a tenth of them with a content that others have, and some of several MiB. */
export function killTree(sandbox: Sandbox): string {
  const small = Array.from({ length: 2990 }, (_, index): [string, Buffer] => {
    const seed = index % 10 === 9 ? index % 70 : index + 1000;
    return [`d${index % 23}/e${index % 5}/file ${index}.bin`, noise(1 + ((seed * 37) % 9000), seed)];
  });
  const large = Array.from({ length: 10 }, (_, index): [string, Buffer] => {
    const size = index === 0 ? 33 * 1024 * 1024 : 1024 * 1024 * (1 + (index % 3)) + index;
    return [`large/${index}`, noise(size, index === 9 ? 4 : index)];
  });
  return sandbox.tree('tree', Object.fromEntries([...small, ...large]));
}

/** Starts the command, and kills it after `delayMs` unless it has ended by itself. True when it was killed. */
export async function startAndKill(
  sandbox: Sandbox,
  args: readonly string[],
  delayMs: number,
): Promise<boolean> {
  const child = sandbox.start(args);
  const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
  const { code, stderr } = await result(child);
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`the command ended with ${code}: ${stderr}`);
  return code === null;
}

export function readV2023(path: string): ManifestV2023 {
  const manifest = decodeManifest(readFileSync(path));
  if (manifest.version !== 'v2023-03-03') throw new Error(`${path} is no v2023-03-03 manifest`);
  return manifest;
}

/** Regular files below a directory, temporary ones of this project left out. */
export function finalFiles(root: string): string[] {
  if (!existsSync(root)) return [];
  const names = readdirSync(root, { recursive: true }).map(String);
  return names.filter((name) => !name.includes('.ja-') && statSync(join(root, name)).isFile());
}

/** What is wrong with a store: objects that are not what their key says, and manifests that promise what is not there. */
export function storeProblems(store: string): string[] {
  const problems: string[] = [];
  const objects = finalFiles(join(store, 'Data'));
  for (const name of objects) {
    if (`${xxh128(readFileSync(join(store, 'Data', name)))}.xxh128` !== name)
      problems.push(`torn object ${name}`);
  }
  const there = new Map(objects.map((name) => [name, statSync(join(store, 'Data', name)).size]));
  for (const name of finalFiles(join(store, 'Manifests'))) {
    if (name.endsWith('.json')) continue;
    for (const { path, hash, size } of readV2023(join(store, 'Manifests', name)).paths) {
      if (there.get(`${hash}.xxh128`) !== size) problems.push(`${name} promises ${path}`);
    }
  }
  return problems;
}

/** Files of a target that are not what the manifest says. */
export function targetProblems(target: string, entries: ReadonlyMap<string, PathV2023>): string[] {
  return finalFiles(target).filter((name) => {
    const entry = entries.get(name);
    return entry === undefined || xxh128(readFileSync(join(target, name))) !== entry.hash;
  });
}

export function remove(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { recursive: true, force: true });
}
