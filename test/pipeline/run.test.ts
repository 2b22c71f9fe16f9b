import { getEventListeners } from 'node:events';
import { map, NEVER, Observable } from 'rxjs';
import { afterEach, expect, it, vi } from 'vitest';
import { batchLeased } from '../../src/pipeline/batch-leased.js';
import { systemClock } from '../../src/pipeline/clock.js';
import type { RunOptions } from '../../src/pipeline/context.js';
import { CancelledError, CollectedError } from '../../src/pipeline/errors.js';
import { expandLeased } from '../../src/pipeline/expand-leased.js';
import { filterLeased } from '../../src/pipeline/filter-leased.js';
import { holding } from '../../src/pipeline/holding.js';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { Clock, Lease, RunContext, Sink, Source, Stage } from '../../src/pipeline/types.js';
import { countingSource, gate, gates, numbers, toValues, turn, turns } from '../support/pipeline.js';

/** A clock whose sleeps end by hand. */
function handClock(): { clock: Clock; wake: () => void; readonly sleeping: number } {
  const sleeps = new Set<() => void>();
  const sleep: Clock['sleep'] = (_ms, signal) =>
    new Promise((resolve, reject) => {
      sleeps.add(resolve);
      signal?.addEventListener('abort', () => {
        sleeps.delete(resolve);
        reject(new CancelledError());
      });
    });
  return {
    clock: { ...systemClock, sleep },
    wake: () => {
      for (const resolve of sleeps) resolve();
    },
    get sleeping() {
      return sleeps.size;
    },
  };
}

/** Every kind of operator in a row, all asynchronous, with the context of the run at hand. */
interface Parts {
  source?: Source<number>;
  map?: (value: number, signal: AbortSignal) => Promise<number> | number;
  sink?: Sink<number, number[]>;
  keep?: (value: number) => boolean;
  expand?: (value: number) => Iterable<number>;
  batch?: (values: readonly number[]) => Promise<{ value: number }[]>;
}
function composed(parts: Parts = {}) {
  const contexts: RunContext[] = [];
  const seen: Stage<number, number> = (ctx) => {
    contexts.push(ctx);
    return map((item) => item);
  };
  const ready = async (values: readonly number[]) => values.map((value) => ({ value }));
  const runnable = Pipeline.from(parts.source ?? countingSource(numbers(200)).source)
    .through(seen)
    .through((ctx) => filterLeased(ctx, parts.keep ?? (() => true)))
    .through((ctx) => mapLeased(ctx, 4, parts.map ?? (async (value) => value)))
    .through((ctx) => batchLeased(ctx, { maxItems: 5, concurrency: 2 }, parts.batch ?? ready))
    .through((ctx) => expandLeased(ctx, parts.expand ?? ((value) => [value, value, value])))
    .into(parts.sink ?? toValues());
  const expectBalanced = async (): Promise<void> => {
    expect(contexts.length).toBeGreaterThan(0);
    for (const { budgets } of contexts) {
      expect(budgets.files).toMatchObject({ inUse: 0, held: 0 });
      expect(budgets.objects).toMatchObject({ inUse: 0, held: 0 });
    }
  };
  return { runnable, contexts, expectBalanced };
}
const limits = { maxInFlightFiles: 16, maxInFlightObjects: 3 };
const problem = new Error('broken part');
const breaks =
  <T>(at: number, answer: T) =>
  (value: number): T => {
    if (value === at) throw problem;
    return answer;
  };

const unhandled: unknown[] = [];
const remember = (error: unknown): void => void unhandled.push(error);
process.on('unhandledRejection', remember);
afterEach(async () => {
  await turns(2);
  expect(unhandled.splice(0)).toEqual([]);
});

it('gives the result when everything is back', async () => {
  const { runnable, expectBalanced } = composed();
  const result = await runnable.run({ limits });
  expect(result.sort((a, b) => a - b)).toEqual([...numbers(200)].flatMap((value) => [value, value, value]));
  await expectBalanced();
});

const brokenSource: Source<number> = async function* () {
  yield* numbers(50);
  throw problem;
};
const brokenSink: Sink<number, number[]> = () => (input) =>
  new Observable((subscriber) => {
    let count = 0;
    return input.subscribe(({ lease }) => {
      lease.release();
      count += 1;
      if (count === 100) subscriber.error(problem);
    });
  });
const brokenParts: [string, Parts][] = [
  ['source', { source: brokenSource }],
  ['filter', { keep: breaks(50, true) }],
  ['map', { map: (value) => breaks(50, value)(value) }],
  ['map, as a rejection', { map: (value) => (value === 50 ? Promise.reject(problem) : value) }],
  [
    'batch',
    {
      batch: (values) =>
        values.includes(50) ? Promise.reject(problem) : Promise.resolve(values.map((value) => ({ value }))),
    },
  ],
  ['expand', { expand: (value) => breaks(50, [value, value])(value) }],
  ['sink', { sink: brokenSink }],
];
it.each(brokenParts)('an error in the %s rejects the run with it, balanced', async (_part, parts) => {
  const { runnable, contexts, expectBalanced } = composed(parts);
  await expect(runnable.run({ limits })).rejects.toBe(problem);
  expect(contexts[0]?.signal.aborted).toBe(true);
  await expectBalanced();
});

it.each(brokenParts.slice(1, 6))(
  'collect: a failing item in the %s is reported at the end',
  async (part, parts) => {
    const { runnable, expectBalanced } = composed(parts);
    const error = await runnable
      .run({ limits, onFileError: 'collect', summarise: () => 'stats' })
      .catch((failure) => failure);
    expect(error).toBeInstanceOf(CollectedError);
    expect(error).toMatchObject({ partialStats: 'stats', cause: problem });
    expect(error.errors.length).toBeLessThanOrEqual(part === 'batch' ? 5 : 1);
    await expectBalanced();
  },
);

it('an error that has room for the statistics ends the run with them, and stays itself', async () => {
  const carrier = Object.assign(new Error('full'), { partialStats: undefined as unknown });
  const { runnable } = composed({
    map: (value) => {
      if (value === 50) throw carrier;
      return value;
    },
  });
  const summarise: RunOptions['summarise'] = ({ final }, error) => ({ final, error });
  await expect(runnable.run({ limits, summarise })).rejects.toBe(carrier);
  expect(carrier.partialStats).toEqual({ final: true, error: carrier });
});

it('an error that is fatal ends a collecting run', async () => {
  const { runnable, expectBalanced } = composed({ map: (value) => breaks(50, value)(value) });
  await expect(
    runnable.run({ limits, onFileError: 'collect', fatal: (error) => error === problem }),
  ).rejects.toBe(problem);
  await expectBalanced();
});

it.each<[string, (stop: AbortController) => RunOptions, unknown]>([
  [
    'an aborted signal',
    (stop) => {
      setImmediate(() => stop.abort('enough'));
      return { signal: stop.signal };
    },
    { cause: 'enough' },
  ],
  [
    'a signal aborted before',
    (stop) => {
      stop.abort('early');
      return { signal: stop.signal };
    },
    { cause: 'early' },
  ],
  ['progress that answers false', () => ({ onProgress: () => false, progress: { everyItems: 3 } }), {}],
  [
    'progress that answers false later',
    () => ({ onProgress: async () => false, progress: { everyItems: 3 } }),
    {},
  ],
])('%s cancels: CancelledError with statistics, balanced', async (_how, options, expected) => {
  const stop = new AbortController();
  const { runnable, contexts, expectBalanced } = composed({
    map: async (value) => {
      await turn();
      contexts[0]?.progress.add('files', 1);
      return value;
    },
  });
  const run = runnable.run({
    limits,
    summarise: ({ counters, final }) => ({ counters, final }),
    ...options(stop),
  });
  const error = await run.catch((failure) => failure);
  expect(error).toBeInstanceOf(CancelledError);
  expect(error).toMatchObject({ code: 'Cancelled', ...(expected as object), partialStats: { final: true } });
  if (contexts.length > 0) await expectBalanced();
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});

it('what a progress listener throws is the error of the run', async () => {
  const { runnable, contexts, expectBalanced } = composed({
    map: async (value) => {
      await turn();
      contexts[0]?.progress.add('files', 1);
      return value;
    },
  });
  const onProgress = (): never => {
    throw problem;
  };
  await expect(runnable.run({ limits, onProgress, progress: { everyItems: 3 } })).rejects.toBe(problem);
  await expectBalanced();
});

it('a listener that throws at the last report fails the run', async () => {
  const { runnable, expectBalanced } = composed();
  const onProgress = ({ final }: { final: boolean }): void => {
    if (final) throw problem;
  };
  await expect(runnable.run({ limits, onProgress })).rejects.toBe(problem);
  await expectBalanced();
});

it.each<[string, (final: boolean) => unknown]>([
  ['false', (final) => !final],
  ['a promise of false', async (final) => !final],
])('%s from the last report cancels: everything is done, and in the statistics', async (_what, answer) => {
  const { runnable, contexts, expectBalanced } = composed({
    map: async (value) => {
      contexts[0]?.progress.add('files', 1);
      return value;
    },
  });
  const finals: number[] = [];
  const error = await runnable
    .run({
      limits,
      summarise: ({ counters }) => counters,
      onProgress: ({ final, counters }) => {
        if (final) finals.push(counters['files'] ?? 0);
        return answer(final);
      },
    })
    .catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(CancelledError);
  expect(finals).toHaveLength(1);
  expect(error).toMatchObject({ partialStats: { files: finals[0] } });
  await expectBalanced();
});

it('the result comes after the last report', async () => {
  const events: string[] = [];
  const answered = gate();
  const { runnable } = composed();
  const onProgress = async (): Promise<void> => {
    await answered.promise;
    events.push('answered');
  };
  const run = runnable.run({ limits, onProgress }).then(() => events.push('result'));
  await turns(50);
  expect(events).toEqual([]);
  answered.open();
  await run;
  expect(events).toEqual(['answered', 'result']);
});

it('observe shows progress, then the result, and two subscriptions are two runs', async () => {
  const { runnable, contexts, expectBalanced } = composed();
  const events = runnable.observe({ limits });
  const types: string[][] = [[], []];
  await Promise.all(types.map((list) => events.forEach(({ type }) => void list.push(type))));
  expect(types).toEqual([
    ['progress', 'result'],
    ['progress', 'result'],
  ]);
  expect(contexts).toHaveLength(2);
  expect(contexts[0]?.budgets.files).not.toBe(contexts[1]?.budgets.files);
  await expectBalanced();
});

it('one cancelled run leaves another one alone', async () => {
  const { runnable } = composed();
  const stop = new AbortController();
  const first = runnable.run({ limits, signal: stop.signal });
  const second = runnable.run({ limits });
  stop.abort();
  await expect(first).rejects.toBeInstanceOf(CancelledError);
  expect(await second).toHaveLength(600);
});

it('unsubscribing from observe cancels and balances', async () => {
  const { work, calls } = gates<number, number>();
  const counted = countingSource(numbers(200));
  const { runnable, contexts, expectBalanced } = composed({ source: counted.source, map: work });
  const next = vi.fn();
  const subscription = runnable.observe({ limits }).subscribe(next);
  await turns(3);
  expect(calls).toHaveLength(4);
  subscription.unsubscribe();
  expect(contexts[0]?.signal.aborted).toBe(true);
  for (const { gate: work } of calls) work.fail(new Error('aborted'));
  await turns(3);
  expect(counted).toMatchObject({ pulls: 16, returned: 1 });
  expect(next).not.toHaveBeenCalled();
  await expectBalanced();
});

it.each(['an error', 'a cancel'])(
  'after %s the run rejects only when work in flight has ended',
  async (how) => {
    const { work, calls } = gates<number, number>();
    const stop = new AbortController();
    const { runnable } = composed({
      map: (value) => (value === 3 && how === 'an error' ? Promise.reject(problem) : work(value)),
    });
    const rejected = vi.fn();
    runnable.run({ limits, signal: stop.signal }).catch(rejected);
    await turns(3);
    if (how === 'a cancel') stop.abort();
    await turns(3);
    expect(calls.length).toBeGreaterThanOrEqual(3);
    for (const { gate: work } of calls) {
      expect(rejected).not.toHaveBeenCalled();
      work.open(0);
      await turn();
    }
    await turns(2);
    expect(rejected).toHaveBeenCalledOnce();
  },
);

it.each(['an item', 'the source', 'a sink'])(
  'after the grace time it gives up on work of %s that ignores the signal',
  async (who) => {
    const hand = handClock();
    const forever = new Promise<never>(() => {});
    const stuckSource: Source<number> = () => ({ [Symbol.asyncIterator]: () => ({ next: () => forever }) });
    const stuckSink: Sink<number, number[]> = (ctx) => () =>
      new Observable(() => void holding(ctx, () => forever));
    const { runnable } = composed({
      ...(who === 'an item' && { map: () => forever }),
      ...(who === 'the source' && { source: stuckSource }),
      ...(who === 'a sink' && { sink: stuckSink }),
    });
    const stop = new AbortController();
    const rejected = vi.fn();
    runnable.run({ limits, signal: stop.signal, clock: hand.clock }).catch(rejected);
    await turns(3);
    stop.abort();
    await turns(5);
    expect(rejected).not.toHaveBeenCalled();
    expect(hand.sleeping).toBe(1);
    hand.wake();
    await turn();
    expect(rejected).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'Cancelled' }));
  },
);

it('a result is not lost to a stage that loses leases, but it is said', async () => {
  const hand = handClock();
  const log = vi.fn();
  const losing: Stage<number, number> = () => (input) =>
    new Observable((subscriber) =>
      input.subscribe({
        next: (item) => item.value !== 3 && subscriber.next(item),
        complete: () => subscriber.complete(),
      }),
    );
  const run = Pipeline.from(countingSource(numbers(5)).source)
    .through(losing)
    .into(toValues())
    .run({ clock: hand.clock, log });
  await turns(3);
  hand.wake();
  expect(await run).toEqual([0, 1, 2, 4]);
  expect(log).toHaveBeenCalledExactlyOnceWith('error', expect.stringContaining('leases were not given back'));
});

it.each<[string, Sink<number, number[]>, string]>([
  [
    'ends without a result',
    () => () => new Observable((subscriber) => subscriber.complete()),
    'without a result',
  ],
  [
    'throws while it is made',
    () => {
      throw problem;
    },
    'broken part',
  ],
  [
    'throws while it is subscribed',
    () => () =>
      new Observable(() => {
        throw problem;
      }),
    'broken part',
  ],
])('a sink that %s fails the run', async (_case, sink, message) => {
  await expect(
    Pipeline.from(countingSource(numbers(5)).source)
      .into(sink)
      .run(),
  ).rejects.toThrow(message);
});

it('options that cannot be used reject the run', async () => {
  const run = composed().runnable.run({ limits: { maxInFlightFiles: 0 } });
  await expect(run).rejects.toMatchObject({ code: 'InvalidConfig', option: 'maxInFlightFiles' });
});

it('statistics that cannot be made do not hide the cancel', async () => {
  const log = vi.fn();
  const summarise = (): never => {
    throw problem;
  };
  const run = composed({ sink: () => () => NEVER }).runnable.run({
    signal: AbortSignal.abort(),
    summarise,
    log,
  });
  await expect(run).rejects.toMatchObject({ code: 'Cancelled', partialStats: { final: true } });
  expect(log).toHaveBeenCalledWith('error', expect.any(String), { error: problem });
});

it('hundreds of runs leave nothing on a signal that outlives them, and many at once do not warn', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  const { signal } = new AbortController();
  for (let round = 0; round < 10; round += 1) {
    const runs = [...numbers(20)].map((index) => {
      const parts: Parts = index % 2 === 0 ? {} : { map: (value) => breaks(9, value)(value) };
      return composed(parts).runnable.run({ limits, signal });
    });
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    await Promise.allSettled(runs);
  }
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  await turns(2);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});

it('leaves no timer behind, whatever the end', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await composed().runnable.run({ limits, onProgress: () => {} });
  await composed({ map: (value) => breaks(9, value)(value) })
    .runnable.run({ limits, onProgress: () => {} })
    .catch(() => {});
  await composed()
    .runnable.run({ signal: AbortSignal.abort(), onProgress: () => {} })
    .catch(() => {});
  expect(timers()).toBe(before);
});

it('a sink that stops early ends the source and keeps its result', async () => {
  const counted = countingSource(numbers(1000));
  const leases: Lease[] = [];
  const firstThree: Sink<number, number> = () => (input) =>
    new Observable((subscriber) => {
      const subscription = input.subscribe(({ lease }) => {
        leases.push(lease);
        if (leases.length < 3) return;
        for (const held of leases) held.release();
        subscription.unsubscribe();
        subscriber.next(leases.length);
        subscriber.complete();
      });
      return subscription;
    });
  expect(await Pipeline.from(counted.source).into(firstThree).run({ limits })).toBe(3);
  expect(counted.returned).toBe(1);
  expect(counted.pulls).toBeLessThanOrEqual(4);
});

it('a cancel aborts work in flight at once, though the source has ended', async () => {
  const stop = new AbortController();
  const untilAborted = (_value: number, signal: AbortSignal): Promise<number> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const { runnable, expectBalanced } = composed({
    source: countingSource(numbers(3)).source,
    map: untilAborted,
  });
  const run = runnable.run({ limits, signal: stop.signal, clock: handClock().clock });
  await turns(3);
  stop.abort();
  await expect(run).rejects.toBeInstanceOf(CancelledError);
  await expectBalanced();
});

it('a cancel while the run is being started is not missed', async () => {
  const stop = new AbortController();
  const counted = countingSource(numbers(100));
  const source: Source<number> = (ctx) => {
    stop.abort();
    return counted.source(ctx);
  };
  const { runnable, expectBalanced } = composed({ source });
  const run = runnable.run({ limits, signal: stop.signal, clock: handClock().clock });
  await expect(run).rejects.toBeInstanceOf(CancelledError);
  expect(counted.pulls).toBeLessThanOrEqual(1);
  expect(counted.returned).toBe(1);
  await expectBalanced();
});
