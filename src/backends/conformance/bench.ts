/** What the cases of the conformance suite share: their keys, bodies, files and comparisons. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StorageErrorKind } from '../../model/errors.js';
import type { Xxh128 } from '../../model/hasher.js';
import type { StorageClient } from '../storage-client.js';
import {
  CONFORMANCE_CAPABILITIES,
  type ConformanceCapabilities,
  type ConformanceCase,
  type ConformanceEnv,
} from './env.js';

/** The place of one case: a prefix and a directory that nobody else uses. */
export interface Bench {
  readonly client: StorageClient;
  readonly bucket: string;
  readonly prefix: string;
  readonly directory: string;
  readonly hash: Xxh128;
  readonly can: ConformanceCapabilities;
}

let cases = 0;

/** A case under `name`; `work` gets a fresh bench. */
export function benchCase(name: string, work: (bench: Bench) => Promise<void>): ConformanceCase {
  const run = async (env: ConformanceEnv): Promise<void> => {
    cases += 1;
    const { client, bucket, xxh128: hash } = env;
    const prefix = `${env.prefix}case-${process.pid}-${cases}/`;
    const directory = await mkdtemp(join(env.directory, 'case-'));
    const can = { ...CONFORMANCE_CAPABILITIES, ...env.capabilities };
    await work({ client, bucket, prefix, directory, hash, can });
  };
  return { name, run };
}

/** `length` bytes that differ from place to place; `seed` gives other ones. */
export function body(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

export function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  assert.ok(
    Buffer.from(actual.buffer, actual.byteOffset, actual.length).equals(expected),
    'the bytes differ',
  );
}

/** A local file with the bytes; gives its path. */
export async function file(directory: string, name: string, bytes: Uint8Array): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

/** Demands a typed rejection that names its operation, and its object unless it is about a local file. */
export async function rejects(
  call: Promise<unknown>,
  kind: StorageErrorKind,
  expected: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.ok(error instanceof Error);
    const fields = error as unknown as Record<string, unknown>;
    assert.equal(fields['code'], kind, error.stack);
    assert.equal(fields['kind'], kind);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(fields[name], value, name);
    return true;
  });
}

/** Demands `CancelledError`. */
export async function cancels(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: unknown) => {
    assert.equal((error as { code?: unknown }).code, 'Cancelled', String(error));
    return true;
  });
}

export async function allOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

export async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory)).sort();
}

/** Runs `work` on each item, at most 32 at a time. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const lane = async (): Promise<void> => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: 32 }, lane));
}
