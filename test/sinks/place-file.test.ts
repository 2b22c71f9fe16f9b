import { lstatSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { floorMicroseconds } from '../../src/model/file-item.js';
import { temporaryBeside, utimesSeconds } from '../../src/sinks/place-file.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('times');

it('sets times that read back to the microsecond, for 100,000 random values', () => {
  const file = join(base, 'file');
  writeFileSync(file, 'x');
  const edges = [0, 1, -1, -1_000_000, -1_000_001, -999_999, 999_999, 1_000_000, 4_102_444_799_999_999];
  for (let index = 0; index < 100_000; index += 1) {
    const mtime = edges[index] ?? Math.floor((Math.random() - 0.1) * 4_102_444_800_000_000);
    const seconds = utimesSeconds(mtime);
    utimesSync(file, seconds, seconds);
    const back = floorMicroseconds(lstatSync(file, { bigint: true }).mtimeNs);
    if (back !== mtime) expect({ mtime, back }).toEqual({ mtime, back: mtime });
  }
});

it.each<[number, boolean, number | string]>([
  [1, true, 0.000_001_5],
  [1, false, 0.000_001_5],
  [-1_000_000, true, '-1.0000005'],
  [-1_000_000, false, '-0.9999995'],
])('%d microseconds where nanoseconds are dropped (%s) are given as %s', (mtime, drops, expected) => {
  expect(utimesSeconds(mtime, drops)).toBe(expected);
});

it.each([
  ['a', ''],
  ['d/a', 'd/'],
  [`d/e/${'x'.repeat(255)}`, 'd/e/'],
])('the temporary name beside %s does not grow with it', (path, parent) => {
  const name = temporaryBeside(path);
  expect(name).toMatch(new RegExp(`^${parent}\\.ja-[0-9a-f]{16}\\.part$`));
  expect(temporaryBeside(path)).not.toBe(name);
});
