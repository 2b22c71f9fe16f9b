import { expect, it } from 'vitest';
import { EntryTable } from '../../src/presets/entry-table.js';

const row = (index: number) => ({
  sourcePath: index % 3 === 0 ? `/real/${index}` : `/given/${index}`,
  size: 2 ** 40 + index,
  mtimeNs: BigInt(index) * 1_000_000_007n - 5_000_000_000n,
  ctimeNs: 1_700_000_000_123_456_789n + BigInt(index),
  mode: 0o100755,
});

it('gives back every file as it was, beyond its first columns', () => {
  const table = new EntryTable();
  for (let index = 0; index < 3000; index += 1) table.add(`/given/${index}`, row(index));
  expect(table.count).toBe(3000);
  for (const index of [0, 1, 1023, 1024, 1025, 2999]) {
    const path = `/given/${index}`;
    expect(table.get(path)).toEqual({ path, kind: 'file', ...row(index) });
  }
});

it('keeps what came first, and knows nothing else', () => {
  const table = new EntryTable();
  expect([table.add('/a', row(1)), table.add('/a', row(2))]).toEqual([true, false]);
  expect([table.count, table.get('/a')?.size]).toEqual([1, row(1).size]);
  expect(table.get('/b')).toBeUndefined();
});
