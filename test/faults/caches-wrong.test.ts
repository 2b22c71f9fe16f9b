import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckCache } from '../../src/caches/sqlite-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { downloadManifestContents } from '../../src/presets/contents.js';
import { downloadManifest } from '../../src/presets/stored-manifests.js';
import { partFiles, read } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { failureOf, nameOf, namesOf, ROOT_PREFIX, recordedLog, scratch, treeOf, useS3 } from './support.js';

import { submitWith } from './support-caches.js';

requireServer('versitygw')('a check cache that is wrong', () => {
  const s3 = useS3();
  const MANY = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}`, `content ${n}`]));
  const texts = Object.values(MANY);
  const stranger = 'another-bucket/root/Data/x.xxh128';
  const remove = (...contents: readonly string[]): void => {
    const folder = join(s3.server().directory, s3.bucket(), ROOT_PREFIX, 'Data');
    for (const content of contents) rmSync(join(folder, nameOf(content)));
  };
  /** A tree that was submitted, so that both caches know all of it. */
  async function known() {
    const [dir, root, store] = [scratch(), treeOf(MANY), await s3.store()];
    await submitWith(dir, { root, store });
    const cache = openCheckCache({ dir });
    cache.store([stranger]);
    await cache.close();
    s3.proxy().clear();
    return { dir, root, store };
  }
  async function isKnown(dir: string, ...keys: readonly string[]): Promise<readonly boolean[]> {
    const cache = openCheckCache({ dir });
    const answers = await cache.lookup(keys);
    await cache.close();
    return answers;
  }

  it('fault 41: S3 check cache claims objects that were deleted: the sample finds it, reset, everything re-checked', async () => {
    const { dir, root, store } = await known();
    remove(...texts.slice(0, 150));
    const { said, log } = recordedLog();
    const { uploadStats } = await submitWith(dir, { root, store, log });
    expect(said(/check cache was out of date and is reset/)).toHaveLength(1);
    expect(uploadStats).toMatchObject({ totalFiles: 300, processedFiles: 150, skippedFiles: 150 });
    expect(s3.objects()).toEqual(namesOf(texts));
    expect(s3.tornObjects()).toEqual([]);
    expect(s3.manifests()).toHaveLength(2);
    const keys = texts.map((text) => `${s3.bucket()}/${ROOT_PREFIX}/Data/${nameOf(text)}`);
    expect(await isKnown(dir, stranger, ...keys)).not.toContain(false);
  });

  it.each([1, 299])(
    'fault 41: S3 check cache claims objects that were deleted: force always finds it (%i deleted)',
    async (count) => {
      const { dir, root, store } = await known();
      remove(...texts.slice(0, count));
      const { uploadStats } = await submitWith(dir, { root, store, cacheCheck: 'force' });
      expect(uploadStats).toMatchObject({
        totalFiles: 300,
        processedFiles: count,
        skippedFiles: 300 - count,
      });
      expect(s3.proxy().count('HeadObject')).toBeGreaterThanOrEqual(300);
      expect(s3.objects()).toEqual(namesOf(texts));
      expect(await isKnown(dir, stranger)).toEqual([true]);
    },
  );

  describe('found at download', () => {
    /** The object goes when everything was checked and only the manifest is left to be stored. */
    async function submittedWithout(content: string, checkCachePath: string) {
      const { dir, root } = await known();
      const plant = (): undefined => remove(content) as undefined;
      const rule = s3.proxy().inject({
        ...{ match: { operation: 'PutObject', key: /\/Manifests\// }, optional: true, fault: plant },
      });
      const store = await s3.store('direct', { checkCachePath });
      const { manifestKey = '', messages, uploadStats } = await submitWith(dir, { root, store });
      expect(rule.matched).toBe(1);
      expect(uploadStats).toMatchObject({ skippedFiles: 300 });
      expect(messages).toEqual([]);
      rule.remove();
      s3.proxy().clear();
      return { store, manifest: (await downloadManifest({ store, key: manifestKey })).manifest };
    }

    it.each(['stop', 'collect'] as const)(
      'fault 42: objects deleted after the cache check, found at download: NotFound with object-missing (%s)',
      async (onFileError) => {
        const checkCachePath = '/home/artist/.deadline/cache/s3_check_cache.db';
        const { store, manifest } = await submittedWithout('content 7', checkCachePath);
        const root = join(scratch(), 'target');
        const failure = await failureOf(downloadManifestContents({ manifest, root, store, onFileError }));
        const missing =
          onFileError === 'stop' ? failure : (failure as unknown as { errors: unknown[] }).errors;
        const expected = expect.objectContaining({
          ...{
            kind: 'NotFound',
            httpStatus: 404,
            key: expect.stringContaining(xxh128(Buffer.from('content 7'))),
          },
          hint: expect.stringMatching(
            /remove \/home\/artist\/\.deadline\/cache\/s3_check_cache\.db or use the force check, then submit again.*lifecycle rules on Data\//,
          ),
        });
        expect([missing].flat()).toEqual([expected]);
        const asked = s3
          .requests('GetObject')
          .filter(({ key }) => key.includes(xxh128(Buffer.from('content 7'))));
        // Asked once under its name and once under that of old releases, and not again.
        expect(asked.map(({ key }) => key.endsWith('.xxh128'))).toEqual([true, false]);
        expect(existsSync(join(root, '7'))).toBe(false);
        expect(partFiles(root)).toEqual([]);
        if (onFileError !== 'collect') return;
        expect(readdirSync(root)).toHaveLength(299);
        for (const path of readdirSync(root)) expect(read(root, path)).toBe(`content ${path}`);
      },
    );
  });
});
