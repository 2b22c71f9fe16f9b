import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PathV2023 } from '../../src/model/manifest.js';
import { SortedSpool } from '../../src/sinks/sorted-spool.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('sorted-spool');
const entry = (path: string, size = 1): PathV2023 => ({ path, hash: 'a', size, mtime: 2 });

async function spooled(paths: readonly string[], limit: number, parent = base) {
  const spool = new SortedSpool(limit, parent);
  // All at once, as a sink hands them over: nobody waits before the next one comes.
  await Promise.all(paths.map((path) => spool.add(entry(path))));
  return spool;
}

async function pathsOf(spool: SortedSpool): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of spool.sorted()) paths.push(path);
  return paths;
}

it('sorts what does not fit as what fits, whatever the names', async () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('a\nb', 'a\u2028b', 'a\u2029b', 'a\r\nb', '"', '\\', '\u0085', '😀', '\uffff', ' '),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(name, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      async (paths, limit) => {
        const parent = mkdtempSync(join(base, 'property-'));
        const spool = await spooled(paths, limit, parent);
        expect(await pathsOf(spool)).toEqual([...paths].sort());
        expect([spool.count, spool.totalSize]).toEqual([paths.length, paths.length]);
        await spool.discard();
        expect(readdirSync(parent)).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

it('gives entries back as they were', async () => {
  const spool = new SortedSpool(1, base);
  const entries = [
    { path: 'b', hash: 'x1', size: Number.MAX_SAFE_INTEGER, mtime: -5 },
    { path: 'a', hash: 'y2', size: 0, mtime: 0 },
  ];
  for (const each of entries) await spool.add(each);
  const back = [];
  for await (const each of spool.sorted()) back.push(each);
  expect(back).toEqual([entries[1], entries[0]]);
  await spool.discard();
});

it('writes one run at a time, into one directory', async () => {
  const parent = mkdtempSync(join(base, 'one-'));
  const paths = Array.from({ length: 5000 }, (_, index) => `${index}`);
  const spool = await spooled(paths, 10, parent);
  expect(readdirSync(parent)).toHaveLength(1);
  expect(await pathsOf(spool)).toEqual([...paths].sort());
  await spool.discard();
  expect(readdirSync(parent)).toEqual([]);
});

it('holds its caller back while a run is written and as many again are held', async () => {
  const spool = new SortedSpool(3, base);
  const answers = Array.from({ length: 6 }, (_, index) => spool.add(entry(`${index}`)));
  expect(answers.map((answer) => answer !== undefined)).toEqual([false, false, true, false, false, true]);
  expect(answers[5]).toBe(answers[2]);
  await Promise.all(answers);
  expect((await pathsOf(spool)).length).toBe(6);
  await spool.discard();
});

it('leaves nothing when it is discarded while a run is written', async () => {
  const parent = mkdtempSync(join(base, 'discard-'));
  const spool = new SortedSpool(2, parent);
  const written = Promise.all(['b', 'a'].map((path) => spool.add(entry(path))));
  await spool.discard();
  await written;
  expect(readdirSync(parent)).toEqual([]);
});

it('closes its files when it is not read to the end', async () => {
  const spool = await spooled(
    Array.from({ length: 5000 }, (_, index) => `${index}`),
    100,
  );
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  for await (const { path } of spool.sorted()) if (path.startsWith('1000')) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(open()).toBeLessThanOrEqual(before);
  await spool.discard();
});

it('says which directory cannot be used', async () => {
  const parent = join(base, 'a-file');
  writeFileSync(parent, 'x');
  const spool = new SortedSpool(1, parent);
  await expect(spool.add(entry('a'))).rejects.toMatchObject({ kind: 'LocalIo', path: parent });
  await spool.discard();
});

it('says which run cannot be read back', async () => {
  const parent = mkdtempSync(join(base, 'gone-'));
  const spool = await spooled(['b', 'a'], 1, parent);
  const [directory = ''] = readdirSync(parent);
  const other = new SortedSpool(1, parent);
  await other.discard();
  const { rmSync } = await import('node:fs');
  rmSync(join(parent, directory, 'run-0'));
  await expect(pathsOf(spool)).rejects.toMatchObject({
    kind: 'LocalIo',
    path: join(parent, directory, 'run-0'),
  });
  await spool.discard();
});
