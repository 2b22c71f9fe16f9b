import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { from, lastValueFrom } from 'rxjs';
import { expect, it, vi } from 'vitest';
import type { DownloadContent } from '../../src/model/download-plan.js';
import type { FetchedUnit } from '../../src/model/download-unit.js';
import type { VerifyRanged } from '../../src/sinks/place-file.js';
import { placeFiles } from '../../src/sinks/place-files.js';
import { TargetTree } from '../../src/sinks/target-tree.js';
import { testContext } from '../support/pipeline.js';
import { LeaseCount } from '../support/stages.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('place-files');

/** A file of several objects: some whole, some in ranges of two bytes. */
function unitsOf(objects: readonly { readonly text: string; readonly inRanges: boolean }[]): FetchedUnit[] {
  const size = objects.reduce((sum, { text }) => sum + text.length, 0);
  const hashes = objects.map(({ text }) => text);
  const content: DownloadContent = {
    ...{ kind: 'content', hashes, chunkSizeBytes: 6, size },
    targets: [{ path: 'd/file' }],
  };
  let offset = 0;
  const units = objects.flatMap(({ text, inRanges }) => {
    const begin = offset;
    offset += text.length;
    const starts = inRanges ? [0, 2, 4].filter((at) => at < text.length) : [0];
    return starts.map((objectOffset): Omit<FetchedUnit, 'units'> => {
      const bytes = Buffer.from(inRanges ? text.slice(objectOffset, objectOffset + 2) : text);
      return {
        ...{ kind: 'range', content, hash: text, objectSize: text.length, objectOffset },
        ...{ fileOffset: begin + objectOffset, length: bytes.length, bytes },
      };
    });
  });
  return units.map((unit) => ({ ...unit, units: units.length }));
}

async function placed(units: readonly FetchedUnit[], verify: VerifyRanged) {
  const root = mkdtempSync(join(base, 'case-'));
  const ctx = testContext();
  const leases = new LeaseCount();
  const sink = placeFiles({ tree: await TargetTree.open(root), verify });
  const done = lastValueFrom(sink(ctx)(from(leases.items(units))));
  return { root, done, leases, ctx };
}

it.each([
  ['one whole object', [{ text: 'abcdef', inRanges: false }], undefined],
  [
    'whole objects',
    [
      { text: 'abcdef', inRanges: false },
      { text: 'gh', inRanges: false },
    ],
    undefined,
  ],
  ['one object in ranges', [{ text: 'abcdef', inRanges: true }], [{ hash: 'abcdef', offset: 0, size: 6 }]],
  [
    'objects in ranges before a whole one',
    [
      { text: 'abcdef', inRanges: true },
      { text: 'ghijkl', inRanges: true },
      { text: 'mn', inRanges: false },
    ],
    [
      { hash: 'abcdef', offset: 0, size: 6 },
      { hash: 'ghijkl', offset: 6, size: 6 },
    ],
  ],
])('hands what came in ranges, and nothing else, to be verified: %s', async (_what, objects, expected) => {
  const verify = vi.fn<VerifyRanged>(() => Promise.resolve());
  const { root, done, leases } = await placed(unitsOf(objects), verify);
  expect(await done).toMatchObject({ stats: { processedFiles: 1 }, paths: [join(root, 'd/file')] });
  expect(readFileSync(join(root, 'd/file'), 'utf8')).toBe(objects.map(({ text }) => text).join(''));
  expect(verify.mock.calls.map(([, ranged]) => ranged)).toEqual(expected ? [expected] : []);
  expect(leases.balanced).toBe(true);
});

it('counts the copies of a file, which nobody fetches', async () => {
  const [unit] = unitsOf([{ text: 'abcdef', inRanges: false }]);
  const targets = ['d/file', 'd/copy', 'e/copy'].map((path) => ({ path }));
  const copied = { ...unit, content: { ...unit?.content, targets } } as FetchedUnit;
  const { done, ctx } = await placed([copied], () => Promise.resolve());
  expect(await done).toMatchObject({ stats: { processedFiles: 3 } });
  expect(ctx.progress.snapshot().counters).toMatchObject({ files: 3, bytes: 18, unfetchedBytes: 12 });
});

it('writes no file of which an object is wrong', async () => {
  const wrong = new Error('wrong');
  const { root, done } = await placed(unitsOf([{ text: 'abcdef', inRanges: true }]), () =>
    Promise.reject(wrong),
  );
  await expect(done).rejects.toBe(wrong);
  expect(readdirSync(join(root, 'd'))).toEqual([]);
});
