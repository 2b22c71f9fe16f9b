/** Row 46 of the fault table (spec/storage.md section 7): a progress callback that throws, or takes its time. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import type { TransferProgress } from '../../src/presets/preset-options.js';
import type { Store } from '../../src/presets/store.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise, partFiles } from '../support/contents.js';
import { throttleRequest, throttleResponse } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import { MIB, manifestFor, namesOf, PART, scratch, treeOf, useS3 } from './support.js';

const SMALL = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`${n}`, `content ${n}`]));
const LARGE = noise(4 * PART, 1);
const FILES = { ...SMALL, large: LARGE };
const COUNT = Object.keys(FILES).length;

type OnProgress = (progress: TransferProgress) => unknown;
interface Story {
  readonly name: string;
  readonly run: (store: Store, onProgress: OnProgress, root: string) => Promise<unknown>;
}
const STORIES: readonly Story[] = [
  {
    name: 'submission',
    run: (store, onProgress) =>
      submitTree({ root: treeOf(FILES), store, onProgress, checkCache: memoryCheckCache() }),
  },
  {
    name: 'download',
    run: (store, onProgress, root) =>
      downloadManifestContents({ manifest: manifestFor(FILES), store, onProgress, root }),
  },
];

requireServer('versitygw')('a progress callback', () => {
  const s3 = useS3();
  const slowly = (): void => {
    s3.proxy().inject({
      ...{ match: { operation: 'UploadPart' }, times: 'always', optional: true },
      fault: throttleRequest(3 * MIB),
    });
    s3.proxy().inject({
      ...{
        match: {
          operation: 'GetObject',
          key: /./,
          where: ({ key }) => key.endsWith(namesOf([LARGE])[0] ?? ''),
        },
      },
      ...{ times: 'always', optional: true, fault: throttleResponse(10 * MIB) },
    });
  };
  const prepared = async ({ name }: Story): Promise<Store> => {
    if (name === 'download') await s3.putObjects(...Object.values(FILES));
    return s3.store('direct', { partSizeBytes: PART });
  };

  it.each(
    STORIES.flatMap((story) =>
      ['throws', 'rejects'].flatMap((how) =>
        [1, 10].map((after) => ({ story, name: story.name, how, after })),
      ),
    ),
  )(
    'fault 46: progress callback $how at report $after of a $name: the run fails with that error after clean-up',
    async ({ story, how, after }) => {
      const store = await prepared(story);
      slowly();
      const error = new Error('the callback failed');
      let calls = 0;
      const onProgress = (): unknown => {
        calls += 1;
        if (calls < after) return undefined;
        if (how === 'throws') throw error;
        return Promise.reject(error);
      };
      const root = join(scratch(), 'target');
      await expect(story.run(store, onProgress, root)).rejects.toBe(error);
      expect(calls).toBe(after);
      expect(await s3.uploads()).toEqual([]);
      expect(s3.tornObjects()).toEqual([]);
      expect(s3.manifests()).toEqual([]);
      if (existsSync(root)) {
        expect(partFiles(root)).toEqual([]);
        expect(readdirSync(root)).not.toContain('large');
      }
      // What was on its way when the run ended arrives, and then there is silence.
      await expect.poll(() => s3.proxy().inFlight.now, { timeout: 10_000 }).toBe(0);
      const requests = s3.proxy().requests.length;
      await sleep(200);
      expect([calls, s3.proxy().requests.length]).toEqual([after, requests]);
    },
  );

  it.each(STORIES)(
    'fault 46: progress callback is slow during a $name: the transfer goes on, one event at a time',
    async (story) => {
      const store = await prepared(story);
      const root = join(scratch(), 'target');
      const done = (): boolean =>
        story.name === 'submission'
          ? s3.objects().length === COUNT
          : existsSync(root) && readdirSync(root).filter((name) => !name.startsWith('.ja-')).length === COUNT;
      const reports: TransferProgress[] = [];
      let active = 0;
      let peak = 0;
      const onProgress = async (progress: TransferProgress): Promise<void> => {
        reports.push(progress);
        active += 1;
        peak = Math.max(peak, active);
        // The first report is not answered before everything has travelled, and it is not waited for.
        if (reports.length === 1) await expect.poll(done, { timeout: 30_000, interval: 5 }).toBe(true);
        await sleep(20);
        active -= 1;
      };
      await expect(story.run(store, onProgress, root)).resolves.toBeDefined();
      expect(peak).toBe(1);
      expect(active).toBe(0);
      // What happened meanwhile is told in one piece, not event by event.
      expect(reports.length).toBeLessThan(6);
      expect(reports.at(-1)).toMatchObject({
        status: 'COMPLETE',
        overallCompleted: COUNT,
        overallTotal: COUNT,
      });
      expect(s3.objects()).toEqual(namesOf(Object.values(FILES)));
    },
  );
});
