/** Leased items, contexts and hand-held gates for tests of stages and of the pipeline itself. */

import { Observable } from 'rxjs';
import { createContext, type OwnedContext, type RunOptions } from '../../src/pipeline/context.js';
import { sharedLease } from '../../src/pipeline/shared-lease.js';
import type { Leased, RunContext, Sink, Source } from '../../src/pipeline/types.js';

/** An item whose `release` is called once, when its lease and all forks of it have been given back. */
export function leased<T>(value: T, release: () => void = () => {}): Leased<T> {
  return { value, lease: sharedLease(() => release()) };
}

/** A context of its own for one test; `overrides` are parts of a context or options of a run. */
export function testContext(
  overrides: Partial<RunContext> & Omit<RunOptions, keyof RunContext> = {},
): OwnedContext {
  const { progress: _progress, ...options } = overrides as RunOptions;
  return { ...createContext(options), ...overrides } as OwnedContext;
}

/** A promise that the test settles by hand. */
export interface Gate<T = void> {
  readonly promise: Promise<T>;
  readonly open: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

export function gate<T = void>(): Gate<T> {
  let open: (value: T) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const promise = new Promise<T>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { promise, open, fail };
}

/** One gate per call, in order of the calls: work that the test finishes item by item. */
export function gates<A, B>(): {
  work: (value: A) => Promise<B>;
  readonly calls: { value: A; gate: Gate<B> }[];
} {
  const calls: { value: A; gate: Gate<B> }[] = [];
  const work = (value: A): Promise<B> => {
    const call = { value, gate: gate<B>() };
    calls.push(call);
    return call.gate.promise;
  };
  return { work, calls };
}

/** Lets everything that is ready run: one turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function turns(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) await turn();
}

/** A source of `items` that counts its pulls and whether its iterator was returned. */
export interface CountingSource<T> {
  readonly source: Source<T>;
  pulls: number;
  returned: number;
}

export function countingSource<T>(items: Iterable<T>): CountingSource<T> {
  const counts: CountingSource<T> = {
    pulls: 0,
    returned: 0,
    source: () => {
      const iterator = items[Symbol.iterator]();
      const counted: AsyncIterableIterator<T> = {
        [Symbol.asyncIterator]: () => counted,
        next: async () => {
          counts.pulls += 1;
          return iterator.next();
        },
        return: async () => {
          counts.returned += 1;
          iterator.return?.();
          return { value: undefined, done: true };
        },
      };
      return counted;
    },
  };
  return counts;
}

/** `0, 1, 2, ...` up to but without `count`, as often as it is iterated. */
export function numbers(count: number): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (let value = 0; value < count; value += 1) yield value;
    },
  };
}

/** A sink that releases every lease at once and gives all values. */
export function toValues<T>(): Sink<T, T[]> {
  return () => (input) =>
    new Observable((subscriber) => {
      const values: T[] = [];
      return input.subscribe({
        next: ({ value, lease }) => {
          values.push(value);
          lease.release();
        },
        error: (error) => subscriber.error(error),
        complete: () => {
          subscriber.next(values);
          subscriber.complete();
        },
      });
    });
}
