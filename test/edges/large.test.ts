/**
 * A directory of a million names (spec/files-and-submission.md section 9, row 47), in a process of its own. The names
 * are made, not planted: `test/odd-trees` has a large directory of real files.
 */
import { expect, it } from 'vitest';
import { compiled } from '../support/as-nobody.js';
import { runModule } from '../support/run-module.js';
import { plantTree } from '../support/tree-on-disk.js';
import { treeRoots } from '../support/walk.js';

const MILLION = 1_000_000;

interface Walked {
  readonly count: number;
  readonly listedAtFirst: number;
  /** Most bytes of the heap beyond those at the start, and the names listed until then. */
  readonly peaks: readonly { readonly listed: number; readonly bytes: number }[];
}

it('edge 47: 1,000,000 files in one directory: the first entry before the listing ends; memory grows by manifest entries only', async () => {
  const root = plantTree(treeRoots('edge-large')(), []);
  const output = await runModule(`
    import { createContext } from ${JSON.stringify(compiled('pipeline/context.js'))};
    import { Pipeline } from ${JSON.stringify(compiled('pipeline/pipeline.js'))};
    import { manifestSink } from ${JSON.stringify(compiled('sinks/manifest-sink.js'))};
    import { PooledEntry } from ${JSON.stringify(compiled('sources/pooled-listing.js'))};
    import { walkTree } from ${JSON.stringify(compiled('sources/walk-tree.js'))};
    import { confirmFiles } from ${JSON.stringify(compiled('stages/confirm-files.js'))};
    import { setFlagsFromString } from 'node:v8';
    import { runInNewContext } from 'node:vm';
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc');
    const heap = () => { gc(); return process.memoryUsage().heapUsed; };

    const FILE = 1, STRIDE = 6, BATCH = 1000;
    function bigDirectory() {
      const seen = { listed: 0, peaks: [] };
      const before = heap();
      const list = async (_path, { spill }) => {
        while (seen.listed < ${MILLION}) {
          const rows = new BigInt64Array(BATCH * STRIDE);
          const batch = Array.from({ length: BATCH }, (_, at) => {
            rows.set([0o100644n, 3n, 1_700_000_000_000_000_000n, 1n, 1n, 1n], at * STRIDE);
            return new PooledEntry('frame-' + String(seen.listed + at).padStart(7, '0') + '.exr', FILE, rows, at * STRIDE, undefined);
          });
          seen.listed += BATCH;
          await spill(batch);
          if (seen.listed % 200_000 === 0) seen.peaks.push({ listed: seen.listed, bytes: heap() - before });
        }
        return [];
      };
      return { seen, source: walkTree(${JSON.stringify(root)}, { list }) };
    }

    const alone = bigDirectory();
    let count = 0, listedAtFirst;
    for await (const entry of alone.source(createContext())) {
      listedAtFirst ??= alone.seen.listed;
      count += 1;
    }
    const walked = { count, listedAtFirst, peaks: alone.seen.peaks };

    const whole = bigDirectory();
    let first;
    const noting = (ctx) => (async function* () {
      for await (const entry of whole.source(ctx)) { first ??= whole.seen.listed; yield entry; }
    })();
    const { manifest } = await Pipeline.from(noting).through(confirmFiles()).into(manifestSink()).run();
    const snapshot = { count: manifest.paths.length, listedAtFirst: first, peaks: whole.seen.peaks };
    console.log(JSON.stringify({ walked, snapshot }));
  `);
  const { walked, snapshot } = JSON.parse(output) as Record<'walked' | 'snapshot', Walked>;
  for (const { count, listedAtFirst } of [walked, snapshot]) {
    expect(count).toBe(MILLION);
    expect(listedAtFirst).toBeLessThan(50_000);
  }
  // What waits between listing and consumer: some 6,000 entries; 2.9 MB were seen.
  for (const { bytes } of walked.peaks) expect(bytes).toBeLessThan(12e6);
  // An entry is an object of four members and its path: 133 bytes were seen.
  for (const { listed, bytes } of snapshot.peaks) expect(bytes).toBeLessThan(12e6 + listed * 300);
}, 120_000);
