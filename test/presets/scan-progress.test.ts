/** What a caller is told of a walk (spec/files-and-submission.md 1.5), through the presets that tell it. */
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryHashCache } from '../../src/caches/memory-hash-cache.js';
import type { HashCache } from '../../src/caches/ports.js';
import { GlobFilter } from '../../src/model/glob-filter.js';
import type { ManifestV2023 } from '../../src/model/manifest.js';
import { CancelledError } from '../../src/pipeline/errors.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { createManifest, snapshotStructure } from '../../src/presets/create-manifest.js';
import { diffDirectory } from '../../src/presets/diff-directory.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import {
  type ScanListener,
  type ScanOptions,
  type ScanPhase,
  type ScanProgress,
  ScanReport,
  type ScanShape,
} from '../../src/presets/scan-progress.js';
import { countingSource, toValues, turns } from '../support/pipeline.js';
import { entry } from '../support/stages.js';
import { files, plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const fresh = treeRoots('scan-progress');
const EMPTY: ManifestV2023 = { version: 'v2023-03-03', hashAlg: 'xxh128', totalSize: 0, paths: [] };
const ORDER: readonly ScanPhase[] = ['walking', 'filtering', 'hashing', 'building', 'complete'];
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `d${index % 7}/${index}`);
const planted = (count: number): string =>
  plantTree(
    fresh(),
    names(count).map((path) => ({ path, type: 'file', content: `content of ${path}` })),
  );
const bytesOf = (count: number): number => names(count).reduce((sum, path) => sum + 11 + path.length, 0);

type Story = (root: string, options: ScanOptions & { readonly filter?: GlobFilter }) => Promise<unknown>;
const diff =
  (forceRehash: boolean): Story =>
  async (root, options) =>
    diffDirectory({ root, manifest: (await createManifest({ root })) ?? EMPTY, forceRehash, ...options });

const STORIES: readonly (readonly [string, Story, readonly ScanPhase[]])[] = [
  [
    'createManifest',
    (root, options) => createManifest({ root, ...options }),
    ['walking', 'hashing', 'building', 'complete'],
  ],
  [
    'snapshotStructure',
    (root, options) => snapshotStructure({ root, ...options }),
    ['walking', 'building', 'complete'],
  ],
  ['diffDirectory', diff(false), ['walking', 'building', 'complete']],
  ['diffDirectory by content', diff(true), ['walking', 'hashing', 'building', 'complete']],
];

async function told(run: (onScan: ScanListener) => Promise<unknown>): Promise<ScanProgress[]> {
  const reports: ScanProgress[] = [];
  await run((progress) => void reports.push(progress));
  return reports;
}
const phasesOf = (reports: readonly ScanProgress[]): ScanPhase[] => [
  ...new Set(reports.map(({ phase }) => phase)),
];

describe.each(STORIES)('%s', (_name, run, phases) => {
  it.each([0, 1, 3, 400])(
    'tells its phases in order, and `complete` once, with equal counts: %d files',
    async (count) => {
      const root = plantTree(fresh(), []);
      plantTree(
        root,
        names(count).map((path) => ({ path, type: 'file', content: `content of ${path}` })),
      );
      const reports = await told((onScan) => run(root, { onScan }));
      expect(phasesOf(reports)).toEqual(phases);
      const order = reports.map(({ phase }) => ORDER.indexOf(phase));
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(reports.filter(({ phase }) => phase === 'complete')).toEqual([reports.at(-1)]);
      const totals = {
        filesProcessed: count,
        totalFiles: count,
        bytesProcessed: bytesOf(count),
        totalBytes: bytesOf(count),
      };
      expect(reports.at(-1)).toMatchObject(totals);
    },
  );

  it('knows the totals when the walk has ended, and counts upwards', async () => {
    const reports = await told((onScan) => run(planted(400), { onScan }));
    for (const { phase, totalFiles, totalBytes } of reports) {
      const isKnown = phase !== 'walking';
      expect([totalFiles, totalBytes]).toEqual(isKnown ? [400, bytesOf(400)] : [undefined, undefined]);
    }
    const done = reports.map(({ filesProcessed }) => filesProcessed);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('names files by their paths below the root', async () => {
    const root = planted(120);
    const reports = await told((onScan) => run(root, { onScan }));
    const paths = reports
      .filter(({ filesProcessed }) => filesProcessed > 0)
      .map(({ currentPath }) => currentPath);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(names(120)).toContain(path);
    expect(reports[0]).toMatchObject({
      phase: 'walking',
      currentPath: '',
      filesProcessed: 0,
      bytesProcessed: 0,
    });
  });

  it('tells of `filtering` when something chooses, and counts what was chosen', async () => {
    const filter = new GlobFilter({ include: 'd1/*' });
    const reports = await told((onScan) => run(planted(70), { onScan, filter }));
    expect(phasesOf(reports)).toEqual(['walking', 'filtering', ...phases.slice(1)]);
    expect(reports.at(-1)).toMatchObject({ totalFiles: 10 });
  });

  it('tells at most one thing per fifty files besides phases, first and last', async () => {
    const started = performance.now();
    const reports = await told((onScan) => run(planted(1000), { onScan }));
    const seconds = (performance.now() - started) / 1000;
    expect(reports.length).toBeLessThanOrEqual(1000 / 50 + phases.length + 1 + seconds);
    expect(reports.length).toBeGreaterThanOrEqual(1000 / 50);
  });

  it.each(phases)('is cancelled by false in phase %s, and tells no more', async (phase) => {
    const root = planted(60);
    const reports: ScanProgress[] = [];
    const cancelled = run(root, {
      onScan: (progress) => {
        reports.push(progress);
        return progress.phase !== phase;
      },
    });
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    await expect(cancelled).rejects.toMatchObject({
      code: 'Cancelled',
      partialStats: { status: 'CANCELLED' },
    });
    expect(reports.filter((report) => report.phase === phase)).toEqual([reports.at(-1)]);
  });

  it('fails with what a listener throws', async () => {
    const cause = new Error('the window was closed');
    let calls = 0;
    const failed = run(planted(60), {
      onScan: () => {
        calls += 1;
        throw cause;
      },
    });
    await expect(failed).rejects.toBe(cause);
    expect(calls).toBe(1);
  });

  it('takes a promise for an answer', async () => {
    const root = planted(60);
    await run(root, { onScan: async () => true });
    const last: ScanListener = async ({ phase }) => phase !== 'complete';
    await expect(run(root, { onScan: last })).rejects.toBeInstanceOf(CancelledError);
    const cause = new Error('late');
    await expect(run(root, { onScan: () => Promise.reject(cause) })).rejects.toBe(cause);
  });
});

/** A cache that knows nothing, and lets a test act between the walk and the hashing. */
function between(act: () => void): HashCache['lookup'] {
  return async () => {
    act();
    return [];
  };
}

describe('createManifest', () => {
  it('counts files that its cache knows, and those alone that differ from `base`', async () => {
    const root = planted(20);
    const hashCache = memoryHashCache();
    const base = (await createManifest({ root, hashCache })) as ManifestV2023;
    const again = await told((onScan) => createManifest({ root, hashCache, onScan }));
    expect(again.at(-1)).toMatchObject({ phase: 'complete', filesProcessed: 20, totalFiles: 20 });
    writeFileSync(join(root, 'new'), 'n');
    utimesSync(join(root, 'd0/0'), 0, 5);
    const changed = await told((onScan) => createManifest({ root, base, onScan }));
    expect(phasesOf(changed)).toEqual(ORDER);
    expect(changed.at(-1)).toMatchObject({ filesProcessed: 2, totalFiles: 2 });
  });

  it('counts given files, which nothing filters', async () => {
    const root = planted(3);
    const inputFiles = [join(root, 'd0/0'), join(root, 'gone')];
    const filter = new GlobFilter({ include: 'nothing' });
    const reports = await told((onScan) => createManifest({ root, inputFiles, filter, onScan }));
    expect(phasesOf(reports)).toEqual(['walking', 'hashing', 'building', 'complete']);
    expect(reports.at(-1)).toMatchObject({ filesProcessed: 1, totalFiles: 1 });
  });

  it('ends with equal counts when a file grew between walk and hashing', async () => {
    const root = plantTree(fresh(), files('a'));
    const hashCache = memoryHashCache();
    const grown = { ...hashCache, lookup: between(() => writeFileSync(join(root, 'a'), 'longer')) };
    const reports = await told((onScan) => createManifest({ root, hashCache: grown, onScan }));
    expect(reports.at(-1)).toMatchObject({ bytesProcessed: 6, totalBytes: 6 });
  });

  it('tells no `complete` of a run that fails, and tells nothing once it was cancelled from outside', async () => {
    const root = plantTree(fresh(), files('a'));
    const hashCache = memoryHashCache();
    const gone = { ...hashCache, lookup: between(() => rmSync(join(root, 'a'))) };
    const reports: ScanProgress[] = [];
    const onScan: ScanListener = (progress) => void reports.push(progress);
    await expect(createManifest({ root, hashCache: gone, onScan })).rejects.toMatchObject({
      code: 'FileVanished',
    });
    expect(phasesOf(reports)).toEqual(['walking', 'hashing']);
    const early: ScanProgress[] = [];
    const signal = AbortSignal.abort();
    const cancelled = createManifest({ root, signal, onScan: (progress) => void early.push(progress) });
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    expect(early).toEqual([]);
  });

  it('tells nothing more when it is cancelled from outside in the middle', async () => {
    const controller = new AbortController();
    let calls = 0;
    const cancelled = createManifest({
      root: planted(300),
      signal: controller.signal,
      onScan: ({ filesProcessed }) => {
        calls += 1;
        if (filesProcessed >= 50) controller.abort();
      },
    });
    await expect(cancelled).rejects.toBeInstanceOf(CancelledError);
    const callsThen = calls;
    await turns(5);
    expect(calls).toBe(callsThen);
    expect(calls).toBeLessThan(6);
  });

  it('tells the other listener too, which can cancel as well', async () => {
    const root = planted(5);
    const transfers: TransferProgress[] = [];
    const onProgress = (progress: TransferProgress) => void transfers.push(progress);
    const reports = await told((onScan) => createManifest({ root, onScan, onProgress }));
    expect(reports.at(-1)?.phase).toBe('complete');
    expect(transfers.at(-1)).toMatchObject({ status: 'COMPLETE', overallCompleted: 5 });
    const stopped = createManifest({ root, onScan: () => true, onProgress: () => false });
    await expect(stopped).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('ScanReport', () => {
  const shape: ScanShape = { filtering: false, hashing: true };

  it('tells what is due by time when few files are done', async () => {
    const clock = { ms: 0 };
    const reports: ScanProgress[] = [];
    const report = new ScanReport((progress) => void reports.push(progress), {
      ...shape,
      now: () => clock.ms,
    });
    await report.run({}, async ({ onProgress }) => {
      const tick = (ms: number): void => {
        clock.ms = ms;
        onProgress?.({ status: 'SNAPSHOT_IN_PROGRESS' } as TransferProgress);
      };
      for (const ms of [999, 1000, 1001, 1999, 2000, 2500]) tick(ms);
    });
    expect(reports).toHaveLength(2);
  });

  it('leaves everything as it is without a listener', async () => {
    const report = new ScanReport(undefined, shape);
    const { source } = countingSource([entry('a')]);
    expect(report.source(source)).toBe(source);
    const options = { onProgress: () => true };
    expect(await report.run(options, async (handed) => handed)).toBe(options);
    const values = await Pipeline.from(source)
      .through(report.stage<ReturnType<typeof entry>>((same) => same))
      .into(toValues())
      .run();
    expect(values).toEqual([entry('a')]);
  });

  it('leaves no listener behind on a signal that outlives the run', async () => {
    const controller = new AbortController();
    const report = new ScanReport(() => true, shape);
    const inner = await report.run({ signal: controller.signal }, async ({ signal }) => signal);
    controller.abort();
    expect(inner?.aborted).toBe(false);
  });
});
