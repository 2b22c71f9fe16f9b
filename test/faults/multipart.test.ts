/** Uploads in parts that are refused, lost or doubted (spec/storage.md section 7, faults 10 and 11). */
import { expect, it } from 'vitest';
import { memoryCheckCache } from '../../src/caches/memory-check-cache.js';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { submitTree } from '../../src/presets/submit-tree.js';
import { noise } from '../support/contents.js';
import { drop, type Fault, loseAnswer } from '../support/fault.js';
import { requireServer } from '../support/require-server.js';
import { errorInside200, errorInside200AfterDone, invalidPart, noSuchUpload } from '../support/s3-faults.js';
import { CLIENTS, failureOf, MIB, namesOf, PART, treeOf, useS3 } from './support.js';

/** The part is stored, but the client is told another ETag. */
const wrongEtag: Fault = {
  replace: { status: 200, headers: { etag: '"00000000000000000000000000000000"' } },
};
const COMPLETE = { operation: 'CompleteMultipartUpload' } as const;

requireServer('versitygw').each(CLIENTS)('an upload in parts (%s)', (client) => {
  const s3 = useS3();
  const content = noise(2 * PART + MIB, 1);
  const hash = xxh128(content);

  async function submit() {
    const store = await s3.store(client, { partSizeBytes: PART });
    const checkCache = memoryCheckCache();
    const isCached = async (): Promise<boolean> =>
      (await checkCache.lookup([`${s3.bucket()}/${store.cas.key(hash)}`]))[0] === true;
    return { run: submitTree({ store, root: treeOf({ file: content }), checkCache }), isCached };
  }

  async function expectStored(): Promise<void> {
    expect([s3.objects(), s3.tornObjects(), s3.manifests().length, await s3.uploads()]).toEqual([
      ...[namesOf([content]), [], 1, []],
    ]);
  }

  async function expectNothing(): Promise<void> {
    expect([s3.objects(), s3.manifests(), await s3.uploads()]).toEqual([[], [], []]);
  }

  const counts = (): Record<string, number> => ({
    created: s3.proxy().count('CreateMultipartUpload'),
    parts: s3.proxy().count('UploadPart'),
    completed: s3.proxy().count('CompleteMultipartUpload'),
  });

  it.each<[string, Parameters<ReturnType<typeof s3.proxy>['inject']>[0]]>([
    ['wrong part ETag', { match: { operation: 'UploadPart' }, fault: wrongEtag }],
    ['InvalidPart on Complete', { match: COMPLETE, fault: invalidPart() }],
  ])('fault 10: %s, once: aborted and uploaded again', async (_what, rule) => {
    s3.proxy().inject(rule);
    const { run, isCached } = await submit();
    expect((await run).uploadStats).toMatchObject({ processedFiles: 1, processedBytes: content.length });
    expect(counts()).toEqual({ created: 2, parts: 6, completed: 2 });
    expect(s3.proxy().count('AbortMultipartUpload')).toBe(1);
    expect(await isCached()).toBe(true);
    await expectStored();
  });

  it.each<[string, Parameters<ReturnType<typeof s3.proxy>['inject']>[0]]>([
    ['wrong part ETag', { match: { operation: 'UploadPart' }, times: 'always', fault: wrongEtag }],
    ['InvalidPart on Complete', { match: COMPLETE, times: 'always', fault: invalidPart() }],
  ])('fault 10: %s, always: InvalidMultipart after the second upload', async (_what, rule) => {
    s3.proxy().inject(rule);
    const { run, isCached } = await submit();
    expect(await failureOf(run)).toMatchObject({ kind: 'InvalidMultipart', s3Code: 'InvalidPart' });
    expect(counts()).toEqual({ created: 2, parts: 6, completed: 2 });
    expect(s3.proxy().count('AbortMultipartUpload')).toBe(2);
    expect(await isCached()).toBe(false);
    await expectNothing();
  });

  it.each<[string, Fault]>([
    ['answers 200 with an error', errorInside200()],
    ['is never carried out', drop()],
  ])('fault 11: Complete %s: retried', async (_what, fault) => {
    s3.proxy().inject({ match: COMPLETE, fault });
    const { run } = await submit();
    expect((await run).uploadStats).toMatchObject({ processedFiles: 1 });
    expect(counts()).toEqual({ created: 1, parts: 3, completed: 2 });
    await expectStored();
  });

  it.each<[string, Fault]>([
    ['is carried out, and answers 200 with an error', errorInside200AfterDone()],
    ['is carried out, and the response is lost', loseAnswer()],
  ])('fault 11: Complete %s: NoSuchUpload, then HEAD finds the object', async (_what, fault) => {
    s3.proxy().inject({ match: COMPLETE, fault });
    s3.proxy().inject({ match: COMPLETE, fault: noSuchUpload() });
    const { run, isCached } = await submit();
    expect((await run).uploadStats).toMatchObject({ processedFiles: 1 });
    expect(counts()).toEqual({ created: 1, parts: 3, completed: 2 });
    expect(s3.proxy().count('HeadObject')).toBe(2);
    expect(await isCached()).toBe(true);
    await expectStored();
  });

  it('fault 11: NoSuchUpload, and HEAD finds nothing: uploaded again, once', async () => {
    s3.proxy().inject({ match: COMPLETE, fault: drop() });
    s3.proxy().inject({ match: COMPLETE, fault: noSuchUpload() });
    const { run } = await submit();
    expect((await run).uploadStats).toMatchObject({ processedFiles: 1 });
    expect(counts()).toEqual({ created: 2, parts: 6, completed: 3 });
    await expectStored();
  });

  it('fault 11: NoSuchUpload for ever ends in an error that says so', async () => {
    s3.proxy().inject({ match: COMPLETE, times: 'always', fault: noSuchUpload() });
    const { run, isCached } = await submit();
    expect(await failureOf(run)).toMatchObject({ kind: 'NoSuchUpload', httpStatus: 404 });
    expect(counts()).toEqual({ created: 2, parts: 6, completed: 2 });
    expect(await isCached()).toBe(false);
    await expectNothing();
  });
});
