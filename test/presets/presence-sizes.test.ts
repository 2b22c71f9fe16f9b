import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createHashPool } from '../../src/hashing/pool.js';
import { openStore } from '../../src/presets/open-store.js';
import { directorySizes } from '../../src/presets/presence-sizes.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('presence-sizes');
const digest = (index: number): string => (index + 1).toString(16).padStart(32, '0');
const { signal } = new AbortController();
const pool = createHashPool({ threads: 1 });
afterAll(() => pool.close());

/** So many questions that threads are worth it. */
const MANY = Array.from({ length: 300 }, (_, index) => digest(1000 + index));

function setup() {
  const directory = mkdtempSync(join(base, 'case-'));
  const asked: string[] = [];
  const cas = {
    head: async (hash: string) => {
      asked.push(hash);
      return hash === 'ODD' ? { size: 99, key: hash } : undefined;
    },
  };
  return { directory, asked, sizes: directorySizes(directory, cas, pool) };
}

it('answers in order, whatever is there', async () => {
  const { directory, asked, sizes } = setup();
  const hashes = Array.from({ length: 300 }, (_, index) => digest(index));
  for (const [index, hash] of hashes.entries())
    if (index % 3 > 0) writeFileSync(join(directory, `${hash}.xxh128`), 'x'.repeat(index));
  const expected = hashes.map((_, index) => (index % 3 > 0 ? index : undefined));
  expect(await sizes(hashes, signal)).toEqual(expected);
  expect(asked).toEqual([]);
});

it('asks the store itself about a few', async () => {
  const { asked, sizes } = setup();
  expect(await sizes([digest(0), digest(1)], signal)).toEqual([undefined, undefined]);
  expect(asked).toEqual([digest(0), digest(1)]);
  expect(await sizes([], signal)).toEqual([]);
});

it('leaves to the store what is no plain file, no digest, or cannot be looked at', async () => {
  const { directory, asked, sizes } = setup();
  mkdirSync(join(directory, `${digest(1)}.xxh128`));
  symlinkSync('nowhere', join(directory, `${digest(2)}.xxh128`));
  writeFileSync(join(directory, `${digest(3)}.xxh128`), 'three');
  const hashes = [digest(0), digest(1), 'ODD', digest(2), digest(3)];
  const found = await sizes([...hashes, ...MANY], signal);
  expect(found.slice(0, hashes.length)).toEqual([undefined, undefined, 99, undefined, 5]);
  expect(asked).toEqual([digest(1), 'ODD', digest(2)]);
});

it('lets the store refuse a folder that leads out of it', async () => {
  const [directory, outside] = [mkdtempSync(join(base, 'store-')), mkdtempSync(join(base, 'outside-'))];
  symlinkSync(outside, join(directory, 'Data'));
  const store = await openStore(directory);
  const sizes = directorySizes(join(directory, 'Data'), store.cas, pool);
  await expect(sizes([digest(1)], signal)).rejects.toMatchObject({ kind: 'SymlinkEscape' });
});
