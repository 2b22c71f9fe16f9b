/**
 * What leases cost: nanoseconds per item over three stages, beside bare `mergeMap` over
 * `from(asyncIterable)`, which bounds nothing. Compare ratios; both sides run in turn in
 * one process, and the figure is the median of several rounds.
 *
 * Usage: node bench/operators.mjs [--items 100000] [--rounds 7]
 */
import { parseArgs } from 'node:util';
import { from, lastValueFrom, mergeMap, Observable, reduce } from 'rxjs';
import { batchLeased } from '../dist/pipeline/batch-leased.js';
import { expandLeased } from '../dist/pipeline/expand-leased.js';
import { filterLeased } from '../dist/pipeline/filter-leased.js';
import { mapLeased } from '../dist/pipeline/map-leased.js';
import { Pipeline } from '../dist/pipeline/pipeline.js';

const { values: flags } = parseArgs({
  options: { items: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '7' } },
});
const items = Number(flags.items);
const rounds = Number(flags.rounds);
const CONCURRENCY = 64;
const GOAL_NS = 3000;

/** @returns {AsyncGenerator<number>} */
async function* source() {
  for (let value = 0; value < items; value += 1) yield value;
}

/** Releases every lease and counts: the cheapest sink there can be. */
const count = () => (input) =>
  new Observable((subscriber) => {
    let seen = 0;
    return input.subscribe({
      next: ({ lease }) => {
        seen += 1;
        lease.release();
      },
      error: (error) => subscriber.error(error),
      complete: () => {
        subscriber.next(seen);
        subscriber.complete();
      },
    });
  });

/** @param {(ctx: import('../dist/pipeline/types.js').RunContext) => unknown} stage */
const threeStages = (stage) => Pipeline.from(source).through(stage).through(stage).through(stage).into(count);

/** @param {(value: number) => Promise<number>} work */
const bare = (work) => () =>
  lastValueFrom(
    from(source()).pipe(
      mergeMap(work, CONCURRENCY),
      mergeMap(work, CONCURRENCY),
      mergeMap(work, CONCURRENCY),
      reduce((seen) => seen + 1, 0),
    ),
  );

const batch = { maxItems: 256, concurrency: 4 };
const answers = async (values) => values.map((value) => ({ value: value + 1 }));
const sync = threeStages((ctx) => mapLeased(ctx, CONCURRENCY, (value) => value + 1));
const promised = threeStages((ctx) => mapLeased(ctx, CONCURRENCY, async (value) => value + 1));
const batched = threeStages((ctx) => batchLeased(ctx, batch, answers));
const bypassed = threeStages((ctx) => batchLeased(ctx, batch, answers, (value) => value + 1));
const light = Pipeline.from(source)
  .through((ctx) => filterLeased(ctx, () => true))
  .through((ctx) => expandLeased(ctx, (value) => [value]))
  .through((ctx) => filterLeased(ctx, () => true))
  .into(count);

const cases = [
  [
    'source alone',
    async () => {
      for await (const _ of source());
      return items;
    },
    0,
  ],
  ['mergeMap x 3, promises', bare(async (value) => value + 1), 0],
  ['mapLeased x 3, at hand', () => sync.run(), GOAL_NS],
  ['mapLeased x 3, promises', () => promised.run(), GOAL_NS],
  ['same, 16 credits', () => promised.run({ limits: { maxInFlightFiles: 16 } }), GOAL_NS],
  ['batchLeased x 3', () => batched.run(), GOAL_NS],
  ['batchLeased x 3, bypass', () => bypassed.run(), GOAL_NS],
  ['filter, expand, filter', () => light.run(), GOAL_NS],
];

const times = new Map(cases.map(([name]) => [name, []]));
for (let round = 0; round <= rounds; round += 1) {
  for (const [name, run] of cases) {
    const start = process.hrtime.bigint();
    const seen = await run();
    const ns = Number(process.hrtime.bigint() - start) / items;
    if (seen !== items) throw new Error(`${name}: ${seen} of ${items} items arrived`);
    if (round > 0) times.get(name).push(ns); // the first round only warms up
  }
}

const median = (figures) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)];
const base = median(times.get('mergeMap x 3, promises'));
console.log(`${items} items, ${rounds} rounds, Node ${process.versions.node}`);
console.table(
  Object.fromEntries(
    cases.map(([name, , goal]) => {
      const ns = median(times.get(name));
      const row = {
        'ns per item': Math.round(ns),
        fastest: Math.round(Math.min(...times.get(name))),
        'of mergeMap': Number((ns / base).toFixed(2)),
      };
      return [name, goal > 0 ? { ...row, goal: ns <= goal ? 'met' : `missed: ${goal}` } : row];
    }),
  ),
);
