import { expect, it } from 'vitest';
import { Slab } from '../../src/hashing/slab.js';

it('gives memory that never overlaps, small bodies together and large ones alone', () => {
  const slab = new Slab();
  const sizes = [0, 1, 60_000, 65_536, 65_537, 5_000_000, 30_000, 65_536, 65_536, 65_536, 7];
  const taken = sizes.map((size) => slab.take(size));
  taken.forEach((bytes, i) => void bytes.fill(i));
  expect(taken.map((bytes) => bytes.length)).toEqual(sizes);
  expect(taken.every((bytes, i) => bytes.every((byte) => byte === i))).toBe(true);
  expect(new Set(taken.slice(0, 4).map((bytes) => bytes.buffer)).size).toBeLessThanOrEqual(4);
  expect(new Set(slab.buffers).size).toBe(slab.buffers.length);
  expect(
    taken.every(({ buffer, length }) => length === 0 || slab.buffers.some((known) => known === buffer)),
  ).toBe(true);
});

it('takes little memory for tiny bodies', () => {
  const slab = new Slab();
  for (let file = 0; file < 128; file += 1) slab.take(5);
  expect(slab.buffers.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBeLessThanOrEqual(8 * 1024);
});
