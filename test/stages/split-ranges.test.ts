import { describe, expect, it } from 'vitest';
import type { DownloadContent, DownloadItem } from '../../src/model/download-plan.js';
import type { FetchUnit } from '../../src/model/download-unit.js';
import { splitRanges } from '../../src/stages/split-ranges.js';
import { failStage, runStage } from '../support/stages.js';

const content = (size: number, more: Partial<DownloadContent> = {}): DownloadContent => ({
  kind: 'content',
  hashes: ['h'],
  chunkSizeBytes: 20,
  size,
  targets: [{ path: 'a' }],
  ...more,
});
const OPTIONS = { partBytes: 4, wholeBytes: 10 };

async function ranges(item: DownloadItem): Promise<unknown[]> {
  const { values } = await runStage(splitRanges(OPTIONS), [item]);
  return values.map((value) => {
    const { hash, objectSize, objectOffset, fileOffset, length, units } = value as FetchUnit;
    expect(units).toBe(values.length);
    return [hash, objectSize, objectOffset, fileOffset, length];
  });
}

it.each([
  [0, [['h', 0, 0, 0, 0]]],
  [10, [['h', 10, 0, 0, 10]]],
  [
    11,
    [
      ['h', 11, 0, 0, 4],
      ['h', 11, 4, 4, 4],
      ['h', 11, 8, 8, 3],
    ],
  ],
  [
    12,
    [
      ['h', 12, 0, 0, 4],
      ['h', 12, 4, 4, 4],
      ['h', 12, 8, 8, 4],
    ],
  ],
])('a content of %d bytes with one digest', async (size, expected) => {
  expect(await ranges(content(size))).toEqual(expected);
});

it('splits each chunk by its own size', async () => {
  expect(await ranges(content(45, { hashes: ['x', 'y', 'z'] }))).toEqual([
    ...[0, 4, 8, 12, 16].map((at) => ['x', 20, at, at, 4]),
    ...[0, 4, 8, 12, 16].map((at) => ['y', 20, at, 20 + at, 4]),
    ['z', 5, 0, 40, 5],
  ]);
});

it('ends a content without targets, and passes all else', async () => {
  const directory: DownloadItem = { kind: 'directory', path: 'd' };
  const { balanced, count } = await failStage(splitRanges(OPTIONS), [content(5, { targets: [] }), directory]);
  expect([balanced, count]).toEqual([true, 1]);
});

describe('refuses', () => {
  it.each([[['x', 'y']], [['x', 'y', 'z', 'a']]])('%j for 45 bytes in chunks of 20', async (hashes) => {
    const { error, balanced } = await failStage(splitRanges(OPTIONS), [content(45, { hashes })]);
    expect(error).toMatchObject({ code: 'ManifestInvalid', path: 'a' });
    expect(balanced).toBe(true);
  });

  it.each([{ partBytes: 0 }, { wholeBytes: -1 }, { partBytes: 1.5 }])('%j while composing', (options) => {
    expect(() => splitRanges(options)).toThrow(expect.objectContaining({ code: 'InvalidConfig' }));
  });
});
