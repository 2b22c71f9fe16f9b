/**
 * Sends a million items through three stages of the compiled pipeline and prints how far
 * the live heap, measured after a collection, rose above its first sample. Run with --expose-gc.
 */
import { Observable } from 'rxjs';
import { batchLeased } from '../../dist/pipeline/batch-leased.js';
import { expandLeased } from '../../dist/pipeline/expand-leased.js';
import { mapLeased } from '../../dist/pipeline/map-leased.js';
import { Pipeline } from '../../dist/pipeline/pipeline.js';

const ITEMS = 1_000_000;
const samples = [];
let peakFiles = 0;

const sample = () => {
  globalThis.gc();
  samples.push(process.memoryUsage().heapUsed);
};

async function* source() {
  for (let value = 0; value < ITEMS; value += 1) {
    if (value % 100_000 === 50_000) sample();
    yield { path: `folder/${value}.exr`, value };
  }
}

const sink = (ctx) => (input) =>
  new Observable((subscriber) => {
    let items = 0;
    return input.subscribe({
      next: ({ lease }) => {
        items += 1;
        peakFiles = Math.max(peakFiles, ctx.budgets.files.inUse);
        lease.release();
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        subscriber.next(items);
        subscriber.complete();
      },
    });
  });

const items = await Pipeline.from(source)
  .through((ctx) => mapLeased(ctx, 16, (item) => (item.value % 2 === 0 ? item : Promise.resolve(item))))
  .through((ctx) =>
    batchLeased(ctx, { maxItems: 64, concurrency: 2 }, async (batch) => batch.map((value) => ({ value }))),
  )
  .through((ctx) => expandLeased(ctx, (item) => [item]))
  .into(sink)
  .run();
sample();
const growthBytes = Math.max(...samples) - samples[0];
process.stdout.write(JSON.stringify({ items, growthBytes, peakFiles }));
