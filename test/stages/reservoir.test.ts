import { describe, expect, it } from 'vitest';
import { Reservoir } from '../../src/stages/reservoir.js';

describe('Reservoir', () => {
  it.each([
    [0, 5, 0],
    [3, 2, 2],
    [3, 3, 3],
    [3, 100, 3],
  ])('of %d holds of %d offered %d, none twice', (size, offered, expected) => {
    const sample = new Reservoir<number>(size);
    for (let item = 0; item < offered; item += 1) sample.offer(item);
    expect(sample.items).toHaveLength(expected);
    expect(new Set(sample.items).size).toBe(expected);
  });

  it('gives every item the same chance', () => {
    const picked = new Array<number>(10).fill(0);
    let state = 12_345;
    const random = (): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state / 2_147_483_648;
    };
    for (let round = 0; round < 5000; round += 1) {
      const sample = new Reservoir<number>(3, random);
      for (let item = 0; item < 10; item += 1) sample.offer(item);
      for (const item of sample.items) picked[item] = (picked[item] ?? 0) + 1;
    }
    for (const times of picked) expect(Math.abs(times - 1500)).toBeLessThan(150);
  });
});
