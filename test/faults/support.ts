/**
 * What the tests of the fault table (spec/storage.md section 7) have in common: a real server behind the fault proxy, a
 * bucket of its own for each test, stores that are opened through the proxy, and a look at what is left behind.
 *
 *     requireServer('versitygw')('…', () => {
 *       const s3 = useS3();
 *       it.each(CLIENTS)('fault 03: … (%s)', async (client) => {
 *         s3.proxy().inject({ match: { operation: 'HeadObject' }, fault: internalError() });
 *         await submitTree({ store: await s3.store(client), root: treeOf({ 'a.txt': 'a' }) });
 *         expect(s3.objects()).toEqual([…]);
 *         expect(await s3.uploads()).toEqual([]);
 *       });
 *     });
 */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import type { ManifestV2023, PathV2023 } from '../../src/model/manifest.js';
import type { SummaryStatistics } from '../../src/model/statistics.js';
import type { LogLevel } from '../../src/pipeline/types.js';
import type { S3ClientName, S3StoreOptions } from '../../src/presets/open-s3-store.js';
import { openStore } from '../../src/presets/open-store.js';
import type { Store } from '../../src/presets/store.js';
import { MTIME, v2023, writeTree } from '../support/contents.js';
import type { ProxiedRequest } from '../support/fault-log.js';
import { type FaultProxy, useFaultProxy } from '../support/fault-proxy.js';
import type { S3Operation } from '../support/s3-request.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity, type VersityOptions, type VersityServer } from '../support/versitygw.js';

export const CLIENTS = ['direct', 'sdk'] as const satisfies readonly S3ClientName[];
export const MIB = 1024 * 1024;
/** The smallest part that S3 takes. */
export const PART = 5 * MIB;
export const ROOT_PREFIX = 'root';
/** `SOAK=1` runs the long tests in their full length. */
export const SOAK = process.env['SOAK'] === '1';

/** Waits of milliseconds in place of tenths of seconds; the number of tries is the product's own. */
export const QUICK = { initialBackoffMs: 1, throttleInitialMs: 1 } as const;

const base = tempDir('faults');

/** A fresh directory. */
export function scratch(): string {
  return mkdtempSync(join(base, 'case-'));
}

/** A fresh directory with these files. */
export function treeOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  return writeTree(scratch(), files);
}

/** Relative paths of the regular files below a directory. */
export function filesIn(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1));
}

export interface S3Bench {
  server(): VersityServer;
  proxy(): FaultProxy;
  /** Of this test alone, like everything below. */
  bucket(): string;
  /** A store that is reached through the proxy, with waits of milliseconds unless `options` say otherwise. */
  store(client?: S3ClientName, options?: S3StoreOptions): Promise<Store>;
  /** A store past the proxy, to prepare and to look. */
  plain(): Promise<Store>;
  /** Puts contents past the proxy; their hashes. */
  putObjects(...contents: readonly (Uint8Array | string)[]): Promise<string[]>;
  /** Keys of the bucket's objects below `Data/`, without it. */
  objects(): string[];
  /** Names of objects whose content does not hash to their name. */
  tornObjects(): string[];
  /** Keys of the bucket's manifests. */
  manifests(): string[];
  /** Keys of multipart uploads that are left. */
  uploads(): Promise<string[]>;
  /** What of an operation went through the proxy. */
  requests(operation: S3Operation): ProxiedRequest[];
}

/** The server for a file or `describe`, with a proxy and a bucket for each of its tests. */
export function useS3(options: VersityOptions = {}): S3Bench {
  const server = useVersity(options);
  const proxy = useFaultProxy(server);
  const opened: Store[] = [];
  let bucket = '';
  beforeEach(() => {
    bucket = server().newBucket();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.close()));
  });

  const open = async (s3: S3StoreOptions): Promise<Store> => {
    const store = await openStore(`s3://${bucket}/${ROOT_PREFIX}`, { s3 });
    opened.push(store);
    return store;
  };
  const plain = (): Promise<Store> => open(server().settings());
  const below = (folder: string): string[] => {
    const prefix = `${ROOT_PREFIX}/${folder}/`;
    const keys = server()
      .keys(bucket)
      .filter((key) => key.startsWith(prefix));
    return keys.map((key) => key.slice(prefix.length));
  };
  return {
    ...{ server, proxy, plain, bucket: () => bucket },
    store: (client = 'direct', more = {}) =>
      open({
        ...server().settings({ endpoint: proxy().endpoint }),
        ...{ client, uploadRetry: QUICK, downloadRetry: QUICK, ...more },
      }),
    async putObjects(...contents) {
      const store = await plain();
      const put = async (content: Uint8Array | string): Promise<string> => {
        const bytes = Buffer.from(content);
        const hash = xxh128(bytes);
        await store.client.putObject(bucket, store.cas.key(hash), bytes);
        return hash;
      };
      return Promise.all(contents.map(put));
    },
    objects: () => below('Data'),
    tornObjects: () => {
      const folder = join(server().directory, bucket, ROOT_PREFIX, 'Data');
      return below('Data').filter((name) => nameOf(readFileSync(join(folder, name))) !== name);
    },
    manifests: () => below('Manifests'),
    async uploads() {
      const { client } = await plain();
      const keys: string[] = [];
      for await (const page of client.listMultipart(bucket, '')) keys.push(...page.map(({ key }) => key));
      return keys;
    },
    requests: (operation) => proxy().requests.filter((request) => request.operation === operation),
  };
}

/** Name of the object that holds a content. */
export function nameOf(content: Uint8Array | string): string {
  return `${xxh128(Buffer.from(content))}.xxh128`;
}

/** Names of the objects that hold these contents, as {@link S3Bench.objects} lists them. */
export function namesOf(contents: readonly (Uint8Array | string)[]): string[] {
  return [...new Set(contents.map(nameOf))].sort();
}

export function entryOf(path: string, content: Uint8Array | string, mtime = MTIME): PathV2023 {
  const bytes = Buffer.from(content);
  return { path, hash: xxh128(bytes), size: bytes.length, mtime };
}

/** The manifest of files that are given by their contents. */
export function manifestFor(files: Readonly<Record<string, Uint8Array | string>>): ManifestV2023 {
  return v2023(Object.entries(files).map(([path, content]) => entryOf(path, content)));
}

/** The error that a promise rejects with; for more than one look at it. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error('it did not fail');
}

/** What a run can reject with. */
export type Failure = Error & {
  readonly code?: string;
  readonly kind?: string;
  readonly hint?: string;
  readonly attempts?: number;
  readonly path?: string;
  readonly key?: string;
  readonly stats?: SummaryStatistics;
  readonly partialStats?: SummaryStatistics;
  readonly cause?: unknown;
};

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
}

/** Collects what a run says. */
export function recordedLog() {
  const lines: LogLine[] = [];
  return {
    lines,
    log: (level: LogLevel, message: string): void => void lines.push({ level, message }),
    said: (pattern: RegExp): string[] =>
      lines.map(({ message }) => message).filter((message) => pattern.test(message)),
  };
}

/** Every progress report of a run, and whether it ever went back or beyond the whole. */
export function recordedProgress() {
  const bytes: number[] = [];
  const problems: string[] = [];
  const onProgress = (report: { overallBytes: number; overallTotalBytes: number }): void => {
    const { overallBytes, overallTotalBytes } = report;
    if (overallBytes < (bytes.at(-1) ?? 0)) problems.push(`went back to ${overallBytes}`);
    if (overallTotalBytes > 0 && overallBytes > overallTotalBytes)
      problems.push(`${overallBytes} of ${overallTotalBytes}`);
    bytes.push(overallBytes);
  };
  return { onProgress, bytes, problems };
}
