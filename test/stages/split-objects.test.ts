import { describe, expect, it } from 'vitest';
import { splitObjects } from '../../src/stages/split-objects.js';
import { entry, failStage, hashed, runStage, WITHOUT_CONTENT } from '../support/stages.js';

it('makes one whole object of a file with one digest', async () => {
  const file = hashed('a', ['h1'], { size: 1_000 });
  const { values } = await runStage(splitObjects({ chunkSizeBytes: 10 }), [file]);
  const source = { kind: 'file', path: '/r/a', offset: 0, length: 1_000, whole: true };
  expect(values).toEqual([{ file, objects: 1, object: { hash: 'h1', size: 1_000, source } }]);
});

it('sends the bytes that were kept, where they were', async () => {
  const body = new Uint8Array([1, 2, 3]);
  const [unit] = (await runStage(splitObjects(), [hashed('a', ['h'], { body })])).values;
  expect(unit?.object?.source).toEqual({ kind: 'bytes', bytes: body });
});

it('makes an object per chunk, with a credit each beyond the first', async () => {
  const file = hashed('a', ['h0', 'h1', 'h2'], { size: 25 });
  const { values, ctx } = await runStage(splitObjects({ chunkSizeBytes: 10 }), [file]);
  expect(values.map(({ objects, object }) => [objects, object?.hash, object?.size, object?.source])).toEqual(
    [0, 10, 20].map((offset, index) => {
      const length = index === 2 ? 5 : 10;
      return [3, `h${index}`, length, { kind: 'file', path: '/r/a', offset, length, whole: false }];
    }),
  );
  expect(ctx.budgets.objects.inUse).toBe(0);
});

it('passes directories, links and empty files', async () => {
  const empty = hashed('e', ['h'], { size: 0 });
  const { values } = await runStage(splitObjects(), [...WITHOUT_CONTENT, empty]);
  expect(values.map(({ objects, object }) => [objects, object?.size])).toEqual([
    [0, undefined],
    [0, undefined],
    [1, 0],
  ]);
});

describe('a file with wrong digests', () => {
  it.each([
    ['none', entry('a')],
    ['an empty list', hashed('a', [])],
    ['too few', hashed('a', ['1', '2'], { size: 25 })],
    ['too many', hashed('a', ['1', '2', '3', '4'], { size: 25 })],
  ])('%s: ManifestInvalid with the path', async (_case, file) => {
    const { error, balanced } = await failStage(splitObjects({ chunkSizeBytes: 10 }), [file]);
    expect(error).toMatchObject({ code: 'ManifestInvalid', path: 'a' });
    expect(balanced).toBe(true);
  });
});
