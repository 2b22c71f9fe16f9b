/** One directory of 120,000 names, in a process of its own: what the walk holds of it (spec/files-and-submission.md 9, case 47). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compiled } from '../support/as-nobody.js';
import { runModule } from '../support/run-module.js';
import { treeRoots } from '../support/walk.js';

const NAMES = 120_000;

it('streams a directory of 120,000 names: the first comes before the last is listed, and few are held', async () => {
  const root = treeRoots('walk-large')();
  mkdirSync(root);
  for (let index = 0; index < NAMES; index += 1) writeFileSync(join(root, `file-${index}.exr`), '');
  const output = await runModule(`
    import { readdirSync, readlinkSync } from 'node:fs';
    import { createContext } from ${JSON.stringify(compiled('pipeline/context.js'))};
    import { walkTree } from ${JSON.stringify(compiled('sources/walk-tree.js'))};
    const root = ${JSON.stringify(root)};
    const isOpen = () => readdirSync('/proc/self/fd').some((fd) => {
      try { return readlinkSync('/proc/self/fd/' + fd) === root; } catch { return false; }
    });
    async function walk(largeDirectoryNames) {
      globalThis.gc?.();
      const before = process.memoryUsage().heapUsed;
      let count = 0, openAtFirst = false, peak = 0;
      for await (const entry of walkTree(root, { largeDirectoryNames })(createContext())) {
        if (count === 0) openAtFirst = isOpen();
        count += 1;
        if (count % 10_000 === 0) { globalThis.gc?.(); peak = Math.max(peak, process.memoryUsage().heapUsed - before); }
      }
      return { count, openAtFirst, peakMb: peak / 1e6, openAtEnd: isOpen() };
    }
    const v8 = await import('node:v8');
    v8.setFlagsFromString('--expose-gc');
    globalThis.gc = (await import('node:vm')).runInNewContext('gc');
    console.log(JSON.stringify([await walk(100_000), await walk(2_000)]));
  `);
  const [usual, small] = JSON.parse(output) as {
    count: number;
    openAtFirst: boolean;
    peakMb: number;
    openAtEnd: boolean;
  }[];
  expect(usual).toMatchObject({ count: NAMES, openAtFirst: true, openAtEnd: false });
  expect(small).toMatchObject({ count: NAMES, openAtFirst: true, openAtEnd: false });
  // 100,000 names at 250 bytes, and no more with the small limit than what waits: 16,384 entries.
  expect(usual?.peakMb).toBeLessThan(60);
  expect(small?.peakMb).toBeLessThan(15);
}, 60_000);
