/**
 * Random pipelines under random interleavings: every asynchronous step is settled by a
 * scheduler that explores orders. Whatever the order, nothing waits for ever, nothing is
 * lost or doubled, no budget is exceeded and every lease comes back.
 */
import fc from 'fast-check';
import { Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { batchLeased } from '../../src/pipeline/batch-leased.js';
import { branch } from '../../src/pipeline/branch.js';
import { createBudget, type OwnedBudget } from '../../src/pipeline/budget.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { expandLeased } from '../../src/pipeline/expand-leased.js';
import { filterLeased } from '../../src/pipeline/filter-leased.js';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { RunContext, Sink, Source, Stage } from '../../src/pipeline/types.js';
import { turn } from '../support/pipeline.js';

/** Where an item came from: `3` is an input, `3.1` its second part. */
type Id = string;
type Step =
  | { kind: 'map'; concurrency: number; weight: number }
  | { kind: 'batch'; maxItems: number; concurrency: number }
  | { kind: 'expand'; parts: number }
  | { kind: 'filter' }
  | { kind: 'branch'; yes: Step; no: Step };

interface Case {
  steps: Step[];
  items: number;
  files: number;
  objects: number;
  failing: number;
  policy: 'stop' | 'collect';
  cancelAfter: number;
}

const BYTES = 10;
const small = fc.integer({ min: 1, max: 3 });
const ALONE = 1000;
const weight = fc.oneof(fc.integer({ min: 0, max: BYTES }), fc.constant(ALONE));
const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('map' as const),
      concurrency: small,
      weight,
    }),
    fc.record({ kind: fc.constant('batch' as const), maxItems: small, concurrency: small }),
    fc.record({ kind: fc.constant('expand' as const), parts: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ kind: fc.constant('filter' as const) }),
    fc.record({ kind: fc.constant('branch' as const), yes: tie('step'), no: tie('step') }),
  ),
}));
const cases: fc.Arbitrary<Case> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  items: fc.integer({ min: 0, max: 12 }),
  files: small,
  objects: small,
  failing: fc.integer({ min: 0, max: 30 }), // no item has the higher numbers: most runs have no failure
  policy: fc.constantFrom('stop' as const, 'collect' as const),
  cancelAfter: fc.integer({ min: 0, max: 200 }),
});

/** A deterministic coin for an item, so that a model without any order can toss it too. */
const coin = (id: Id): boolean => [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 2 === 0;
const failure = new Error('failing item');
type Pause = () => Promise<unknown>;

/** The stage of a step; the input number `failing` fails in every asynchronous one. */
function stage(step: Step, failing: number, pause: Pause): Stage<Id, Id> {
  const check = (id: Id): Id => {
    if (id.split('.')[0] === String(failing)) throw failure;
    return id;
  };
  switch (step.kind) {
    case 'filter':
      return (ctx) => filterLeased(ctx, coin);
    case 'expand':
      return (ctx) =>
        expandLeased(ctx, (id) => Array.from({ length: step.parts }, (_, part) => `${id}.${part}`));
    case 'branch':
      return branch(coin, stage(step.yes, failing, pause), stage(step.no, failing, pause));
    case 'batch':
      return (ctx) =>
        batchLeased(ctx, step, async (ids) => {
          await pause();
          return ids.map((id) => {
            try {
              return { value: check(id) };
            } catch (error) {
              return { error };
            }
          });
        });
    case 'map':
      return (ctx) =>
        mapLeased(ctx, step.concurrency, (id, signal) =>
          coin(id) ? check(id) : useBytes(ctx, step.weight, id, signal),
        );
  }
  async function useBytes(ctx: RunContext, weight: number, id: Id, signal: AbortSignal): Promise<Id> {
    const bytes = await ctx.budgets.bytes.acquire(weight, signal);
    try {
      expect(ctx.budgets.bytes.inUse <= BYTES || ctx.budgets.bytes.inUse === ALONE).toBe(true);
      await pause();
      return check(id);
    } finally {
      bytes.release();
    }
  }
}

/** What must come out, in any order: the same steps over plain arrays. */
function model(step: Step, failing: number, ids: Id[]): Id[] {
  const fails = (id: Id): boolean => id.split('.')[0] === String(failing);
  switch (step.kind) {
    case 'filter':
      return ids.filter(coin);
    case 'expand':
      return ids.flatMap((id) => Array.from({ length: step.parts }, (_, part) => `${id}.${part}`));
    case 'branch':
      return [
        ...model(step.yes, failing, ids.filter(coin)),
        ...model(
          step.no,
          failing,
          ids.filter((id) => !coin(id)),
        ),
      ];
    default:
      return ids.filter((id) => !fails(id));
  }
}

/** Holds each item for a while, as a store would, and keeps what it saw. */
function slowSink(pause: Pause, seen: Id[], contexts: RunContext[]): Sink<Id, Id[]> {
  return (ctx) => (input) => {
    contexts.push(ctx);
    return new Observable((subscriber) => {
      let pending = 1;
      const settle = (): void => {
        pending -= 1;
        if (pending > 0) return;
        subscriber.next(seen);
        subscriber.complete();
      };
      return input.subscribe({
        next: ({ value, lease }) => {
          pending += 1;
          seen.push(value);
          void pause().then(() => {
            lease.release();
            settle();
          });
        },
        error: (error) => subscriber.error(error),
        complete: settle,
      });
    });
  };
}

async function check(scheduler: fc.Scheduler, one: Case): Promise<void> {
  const { steps, items, files, objects, failing, policy, cancelAfter } = one;
  const pause: Pause = () => scheduler.schedule(Promise.resolve());
  const seen: Id[] = [];
  const contexts: RunContext[] = [];
  let pulls = 0;
  const source: Source<Id> = async function* () {
    for (let item = 0; item < items; item += 1) {
      pulls += 1;
      if (item % 3 === 0) await pause();
      yield String(item);
    }
  };
  let pipeline = Pipeline.from(source);
  for (const step of steps) pipeline = pipeline.through(stage(step, failing, pause));
  const stop = new AbortController();
  const bytes = createBudget('bytes', BYTES);
  let settled = false;
  const run = pipeline
    .into(slowSink(pause, seen, contexts))
    .run({
      signal: stop.signal,
      limits: { maxInFlightFiles: files, maxInFlightObjects: objects },
      sharedBytes: { bytes, prefetch: createBudget('bytes', 1) },
      onFileError: policy,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    )
    .finally(() => {
      settled = true;
    });
  // Turns, too: batches wait for one. Many idle ones in a row mean a deadlock.
  for (let tick = 0, idle = 0; !settled && idle < 20; tick += 1) {
    if (tick === cancelAfter) stop.abort();
    if (scheduler.count() > 0) await scheduler.waitOne();
    else await turn();
    idle = scheduler.count() > 0 ? 0 : idle + 1;
  }
  expect(settled, 'the run came to its end').toBe(true);
  const error = await run;
  const expected = steps.reduce(
    (ids, step) => model(step, failing, ids),
    Array.from({ length: items }, (_, item) => String(item)),
  );
  expect(pulls).toBeLessThanOrEqual(items);
  expect(new Set(seen).size, 'nothing is doubled').toBe(seen.length);
  if (error === undefined || error instanceof CollectedError)
    expect(seen.toSorted()).toEqual(expected.toSorted());
  else if (!(error instanceof CancelledError)) expect(error).toBe(failure);
  for (const { budgets } of contexts) {
    expect(budgets.files).toMatchObject({ inUse: 0, held: 0 });
    expect(budgets.files.peak).toBeLessThanOrEqual(files);
    expect(budgets.objects).toMatchObject({ inUse: 0, held: 0 });
    expect((budgets.objects as OwnedBudget).peak).toBeLessThanOrEqual(objects);
  }
  expect(bytes).toMatchObject({ inUse: 0, held: 0 });
}

it('composed pipelines neither deadlock nor lose, double or leak anything', async () => {
  await fc.assert(fc.asyncProperty(fc.scheduler(), cases, check), { numRuns: 1500 });
});
