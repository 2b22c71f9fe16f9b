import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasher, xxh128 } from '../../src/hashing/xxh128.js';
import { decodeManifest } from '../../src/model/decode.js';
import type { HashedEntry } from '../../src/model/file-item.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import type { SettledUnit } from '../../src/model/upload-unit.js';
import type { RunOptions } from '../../src/pipeline/context.js';
import { CancelledError, CollectedError, PipelineError } from '../../src/pipeline/errors.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { EncodedManifest } from '../../src/sinks/encoded-entries.js';
import {
  type GroupedManifestsOptions,
  groupedManifestsSink,
} from '../../src/sinks/grouped-manifests-sink.js';
import { numbers } from '../support/pipeline.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('grouped-manifests');
const GROUPS = ['/a', '/b', '/none', '/c'];

/** Files of `/a`, `/b` and `/c` by turns; the same names below each. */
const unit = (index: number): SettledUnit => {
  const file: HashedEntry = {
    path: `/${'abc'[index % 3]}/d/${Math.floor(index / 3)}`,
    ...{ kind: 'file', sourcePath: '/x', size: index, mtimeNs: 0n, ctimeNs: 0n, mode: 0o644 },
    ...{ hashes: [index.toString(16).padStart(32, '0')], hashedBy: 'reading' },
  };
  return { file, objects: 1, outcome: index % 2 === 0 ? 'skipped' : 'sent' };
};
const units = (count: number) =>
  Pipeline.from<SettledUnit>(async function* () {
    for (const index of numbers(count)) yield unit(index);
  });
const placeOf = (path: string) => ({ group: path.slice(0, 2), path: path.slice(3) });

function bytesOf({ content }: EncodedManifest): Buffer {
  return content.kind === 'bytes' ? Buffer.from(content.bytes) : readFileSync(content.path);
}

async function storeAll(
  source: Pipeline<SettledUnit>,
  options: Partial<GroupedManifestsOptions<string, Buffer>> = {},
  run: RunOptions = {},
) {
  const spoolDirectory = mkdtempSync(join(base, 'spool-'));
  const called: string[] = [];
  const sink = groupedManifestsSink<string, Buffer>({
    ...{ version: 'v2023-03-03', hasher, spoolDirectory, groups: GROUPS, placeOf },
    store: async (group, encoded) => {
      called.push(group);
      expect(encoded.hash).toBe(xxh128(bytesOf(encoded)));
      return bytesOf(encoded);
    },
    ...options,
  });
  const outcome = await source
    .into(sink)
    .run(run)
    .then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    );
  return { ...outcome, called, left: readdirSync(spoolDirectory) };
}

it.each([
  [90, 250_000],
  [90, 8],
  [3000, 100],
])('stores a manifest for each root of %d files with room for %d', async (count, spoolEntries) => {
  const { result, called, left } = await storeAll(units(count), { spoolEntries });
  expect(called).toEqual(['/a', '/b', '/c']);
  expect(left).toEqual([]);
  expect([...(result?.stored.keys() ?? [])]).toEqual(['/a', '/b', '/c']);
  for (const [at, group] of ['/a', '/b', '/c'].entries()) {
    const { paths, totalSize } = decodeManifest(result?.stored.get(group) as Buffer) as ManifestV2023;
    const own = [...numbers(count)].filter((index) => index % 3 === at);
    expect(paths.map(({ path }) => path)).toEqual(own.map((_, n) => `d/${n}`).sort());
    expect(totalSize).toBe(own.reduce((sum, size) => sum + size, 0));
  }
  expect(result?.stats).toMatchObject({ totalFiles: count, skippedFiles: Math.ceil(count / 2) });
  expect(result?.hashing).toMatchObject({ totalFiles: count, processedFiles: count });
});

it('holds the entries of the 2025 formats with their directories', async () => {
  const { result } = await storeAll(units(6), { version: 'v2025-12' });
  expect(decodeManifest(result?.stored.get('/b') as Buffer)).toMatchObject({
    dirs: [{ path: 'd' }],
    files: [{ path: 'd/0' }, { path: 'd/1' }],
  });
});

it('stores nothing without entries, nor for no groups', async () => {
  expect((await storeAll(units(0))).result?.stored.size).toBe(0);
  expect((await storeAll(units(0), { groups: [] })).result?.stored.size).toBe(0);
});

it('counts what is settled', async () => {
  let last: Readonly<Record<string, number>> = {};
  const onProgress: RunOptions['onProgress'] = ({ counters }) => {
    last = counters;
  };
  await storeAll(units(10), {}, { onProgress });
  expect(last).toMatchObject({ files: 10, bytes: 45, skippedFiles: 5, skippedBytes: 20 });
});

describe('temporary files are removed', () => {
  it('when storing fails, after which nothing more is stored', async () => {
    const broken = new Error('the store broke');
    const called: string[] = [];
    const { error, left } = await storeAll(units(90), {
      spoolEntries: 8,
      store: async (group) => {
        called.push(group);
        if (group === '/b') throw broken;
        return Buffer.alloc(0);
      },
    });
    expect(error).toBe(broken);
    expect([called, left]).toEqual([['/a', '/b'], []]);
  });

  it('when the run is cancelled while a manifest is stored, after which no other is', async () => {
    const stop = new AbortController();
    const called: string[] = [];
    const { error, left } = await storeAll(
      units(90),
      {
        spoolEntries: 8,
        store: async (group) => {
          called.push(group);
          stop.abort();
          return Buffer.alloc(0);
        },
      },
      { signal: stop.signal },
    );
    expect(error).toBeInstanceOf(CancelledError);
    expect([called, left]).toEqual([['/a'], []]);
  });

  it('when a file fails, and nothing is stored', async () => {
    const failing = Pipeline.from<SettledUnit>(async function* (ctx) {
      for (const index of numbers(60)) {
        if (index === 40) ctx.failures.report(new Error('one file'));
        yield unit(index);
      }
    });
    const options = { onFileError: 'collect' } as const;
    const { error, called, left } = await storeAll(failing, { spoolEntries: 8 }, options);
    expect(error).toBeInstanceOf(CollectedError);
    expect([called, left]).toEqual([[], []]);
  });
});

it('refuses a file that belongs to no group', async () => {
  const { error } = await storeAll(units(3), { groups: ['/a', '/b'] });
  expect(error).toBeInstanceOf(PipelineError);
  expect((error as Error).message).toContain('"/c/d/0"');
});
