/** The cache files as a user sees them: what they hold, and how to be rid of them. */
import { readdir, stat, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { CacheKind, TableInfo } from './cache-messages.js';
import { threadClient } from './cache-options.js';
import { CACHE_FILES } from './schema.js';

export interface CacheFileInfo {
  readonly kind: CacheKind;
  readonly path: string;
  readonly exists: boolean;
  /** With its side files. */
  readonly bytes: number;
  readonly tables: readonly TableInfo[];
  /** Why the tables could not be read. */
  readonly problem?: string;
}

const SIDE_FILES = ['', '-wal', '-shm', '-journal'];
const KINDS: readonly CacheKind[] = ['hash', 'check'];

/** The directory that the Python command line uses: `~/.deadline/cache` (spec/storage.md 5.1). */
export function defaultCacheDir(): string {
  return join(homedir(), '.deadline', 'cache');
}

/** The file of the hash cache in `dir`. */
export function hashCacheFile(dir: string): string {
  return join(dir, CACHE_FILES.hash);
}

/** The file of the S3 check cache in `dir`. */
export function checkCacheFile(dir: string): string {
  return join(dir, CACHE_FILES.check);
}

/** What both cache files of `dir` hold; changes nothing, and a missing file is an answer. Rejects with `LocalIo` where `dir` cannot be read. */
export async function cacheInfo(dir: string): Promise<readonly CacheFileInfo[]> {
  return Promise.all(KINDS.map((kind) => fileInfo(dir, kind)));
}

/** Deletes both cache files of `dir`, their side files and what was set aside as corrupt; gives the deleted paths. Rejects with `LocalIo`, or `NotAFile` for a directory of that name. */
export async function clearCaches(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(ifMissing<string[]>([], 'clearCaches', dir));
  const paths = names.filter(isCacheFile).map((name) => join(dir, name));
  await Promise.all(paths.map((path) => unlink(path).catch(ifMissing(undefined, 'clearCaches', path))));
  return paths.sort();
}

async function fileInfo(dir: string, kind: CacheKind): Promise<CacheFileInfo> {
  const path = join(dir, CACHE_FILES[kind]);
  const sizes = await Promise.all(SIDE_FILES.map((side) => sizeOf(`${path}${side}`)));
  const bytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  if (sizes[0] === undefined) return { kind, path, exists: false, bytes, tables: [] };
  let problem: string | undefined;
  const warn = (message: string): void => {
    problem = message;
  };
  const client = threadClient(kind, { dir, warn, readOnly: true });
  const tables = ((await client.call('info')) as TableInfo[] | undefined) ?? [];
  await client.close();
  return { kind, path, exists: true, bytes, tables, ...(problem !== undefined && { problem }) };
}

function isCacheFile(name: string): boolean {
  return Object.values(CACHE_FILES).some((file) => {
    const rest = name.startsWith(file) ? name.slice(file.length) : undefined;
    return rest !== undefined && (SIDE_FILES.includes(rest) || /^(-wal|-shm)?\.corrupt-\d+$/.test(rest));
  });
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(({ size }) => size, ifMissing(undefined, 'cacheInfo', path));
}

function ifMissing<T>(value: T, operation: string, path: string): (error: unknown) => T {
  return (error) => {
    if (errnoOf(error) === 'ENOENT') return value;
    throw localIoError(error, { operation, path, side: 'target' });
  };
}
