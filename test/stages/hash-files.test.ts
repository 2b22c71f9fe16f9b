import { describe, expect, it, vi } from 'vitest';
import type { HashRecord } from '../../src/caches/ports.js';
import type { HashOutcome, HashPool, HashRequest } from '../../src/hashing/ports.js';
import { hashFiles } from '../../src/stages/hash-files.js';
import { gate, gates, testContext, turn, turns } from '../support/pipeline.js';
import { entry, failStage, hashed, runStage, subscribed, WITHOUT_CONTENT } from '../support/stages.js';

type HashCall = HashPool['hashFiles'];

const read = { size: 7, mtimeNs: 70n, ctimeNs: 80n, mode: 0o755, startedNs: 99n };
const answer = ({ path, keepBody }: HashRequest): HashOutcome => ({
  file: { ...read, hashes: [`h:${path}`], ...(keepBody && { body: new Uint8Array(7) }) },
});
const hashes: HashCall = async (requests) => requests.map(answer);
const noBody = { keepBodyBytes: 0 };

it('records what the file was while it was read, not what the walk saw', async () => {
  const { values, counters } = await runStage(hashFiles({ hashFiles: hashes }, noBody), [entry('a')]);
  const { startedNs: _, ...state } = read;
  expect(values).toEqual([{ ...entry('a'), ...state, hashes: ['h:/r/a'], hashedBy: 'reading' }]);
  expect(counters['hashed']).toBe(1);
});

it('passes known digests, directories and links without a task', async () => {
  const call = vi.fn(hashes);
  const known = [hashed('a', ['x'], { hashedBy: 'cache' }), ...WITHOUT_CONTENT];
  const { values } = await runStage(hashFiles({ hashFiles: call }, noBody), known);
  expect(values).toEqual(known);
  expect(call).not.toHaveBeenCalled();
});

describe('tasks', () => {
  it('hold so many files and bytes, and run side by side up to the concurrency', async () => {
    const sizes: number[] = [];
    let active = 0;
    let peak = 0;
    const waiting = gate();
    const call: HashCall = async (requests) => {
      sizes.push(requests.length);
      peak = Math.max(peak, ++active);
      await waiting.promise;
      active -= 1;
      return requests.map(answer);
    };
    const options = { ...noBody, taskFiles: 3, taskBytes: 100, concurrency: 2 };
    const files = [
      ...Array.from({ length: 7 }, (_, index) => entry(`s${index}`)),
      entry('big', { size: 500 }),
    ];
    const run = runStage(hashFiles({ hashFiles: call }, options), files);
    await turns(2);
    waiting.open();
    expect((await run).values).toHaveLength(8);
    expect([peak, sizes]).toEqual([2, [3, 3, 1, 1]]);
  });

  it.each([{ taskFiles: 0 }, { taskBytes: 0 }, { concurrency: 1.5 }])(
    'refuse %j while composing',
    (options) => {
      expect(() => hashFiles({ hashFiles: hashes }, options)).toThrow(
        expect.objectContaining({ code: 'InvalidConfig' }),
      );
    },
  );
});

describe('bodies', () => {
  const budgets = (bytes: number) => testContext({ limits: { maxInFlightBytes: bytes } }).budgets;

  it('are kept up to the size, and hold the prefetch budget until the item ends', async () => {
    const files = [entry('a', { size: 7 }), entry('b', { size: 8 })];
    const { subscription, leases, outputs, ctx } = subscribed(
      hashFiles({ hashFiles: hashes }, { keepBodyBytes: 7 }),
      files,
    );
    await turns(3);
    expect(outputs.map(({ body }) => body?.length)).toEqual([7, undefined]);
    expect(ctx.budgets.prefetch.peak).toBe(7);
    expect([ctx.budgets.prefetch.inUse, leases.balanced]).toEqual([0, true]);
    subscription.unsubscribe();
  });

  it('are kept only as far as the budget allows, and nobody waits', async () => {
    const small = budgets(40); // 10 bytes for reading ahead
    const files = [1, 2, 3].map((index) => entry(`f${index}`, { size: 4 }));
    const { values } = await runStage(hashFiles({ hashFiles: hashes }), files, { budgets: small });
    expect(values.filter(({ body }) => body)).toHaveLength(2);
    expect(small.prefetch.inUse).toBe(0);
  });

  it('give their budget back when the file fails, the pool fails, or no body came', async () => {
    const calls: HashCall[] = [
      async (requests) => requests.map(() => ({ error: new Error('unreadable') })),
      () => Promise.reject(new Error('the pool is closed')),
      async () => [],
    ];
    for (const call of calls) {
      const { ctx, balanced, error } = await failStage(hashFiles({ hashFiles: call }), [entry('a')]);
      expect(error).toBeInstanceOf(Error);
      expect([balanced, ctx.budgets.prefetch.inUse]).toEqual([true, 0]);
    }
    const bodyless: HashCall = async (requests) => requests.map((r) => answer({ ...r, keepBody: false }));
    const { ctx } = await runStage(hashFiles({ hashFiles: bodyless }), [entry('a')]);
    expect([ctx.budgets.prefetch.peak, ctx.budgets.prefetch.inUse]).toEqual([3, 0]);
  });
});

describe('a file that fails', () => {
  const cause = Object.assign(new Error('"a" cannot be read'), { code: 'FileUnreadable', path: '/r/a' });
  const call: HashCall = async (requests) =>
    requests.map((request) => (request.path === '/r/a' ? { error: cause } : answer(request)));

  it('ends the run with its own error', async () => {
    const { error, balanced } = await failStage(hashFiles({ hashFiles: call }, noBody), [
      entry('a'),
      entry('b'),
    ]);
    expect(error).toBe(cause);
    expect(balanced).toBe(true);
  });

  it('is collected, and the others go on', async () => {
    const { error, count, ctx, balanced } = await failStage(
      hashFiles({ hashFiles: call }, noBody),
      [entry('a'), entry('b')],
      { onFileError: 'collect' },
    );
    expect([error, count, balanced]).toEqual([undefined, 1, true]);
    expect(ctx.failures.errors).toEqual([cause]);
  });
});

describe('the cache', () => {
  it('gets a record per chunk, with the state that was read', async () => {
    const records: HashRecord[] = [];
    const chunks: HashCall = async (requests) =>
      requests.map(() => ({ file: { ...read, size: 12, hashes: ['x', 'y'] } }));
    const cache = { store: (some: readonly HashRecord[]): void => void records.push(...some) };
    await runStage(hashFiles({ hashFiles: chunks }, { ...noBody, chunkSizeBytes: 10, cache }), [entry('a')]);
    const state = { path: '/r/a', size: 12, mtimeNs: 70n, ctimeNs: 80n, startedNs: 99n };
    expect(records).toEqual([
      { ...state, rangeStart: 0, rangeEnd: 10, hash: 'x' },
      { ...state, rangeStart: 10, rangeEnd: 12, hash: 'y' },
    ]);
  });

  it('fails nothing when it fails', async () => {
    const store = (): void => {
      throw new Error('disk I/O error');
    };
    const { values, logged, ctx } = await runStage(hashFiles({ hashFiles: hashes }, { cache: { store } }), [
      entry('a'),
    ]);
    expect([values.length, logged.length, ctx.budgets.prefetch.inUse]).toEqual([1, 1, 0]);
  });

  it('is not told of files that failed', async () => {
    const store = vi.fn();
    const call: HashCall = async (requests) => requests.map(() => ({ error: new Error('gone') }));
    await failStage(hashFiles({ hashFiles: call }, { cache: { store } }), [entry('a')]);
    expect(store).not.toHaveBeenCalled();
  });
});

it('aborts the tasks on unsubscribe, and gives everything back', async () => {
  const { work, calls } = gates<AbortSignal, readonly HashOutcome[]>();
  const call: HashCall = (_requests, options) => work(options?.signal ?? new AbortController().signal);
  const { subscription, leases, ctx } = subscribed(hashFiles({ hashFiles: call }), [entry('a')]);
  await turns(2);
  subscription.unsubscribe();
  expect(calls[0]?.value.aborted).toBe(true);
  calls[0]?.gate.open([answer({ path: '/r/a', keepBody: true, chunkSizeBytes: -1 })]);
  await turn();
  expect([leases.balanced, ctx.budgets.prefetch.inUse]).toEqual([true, 0]);
});

it('counts bytes as they are read, and takes back what is read again', async () => {
  const call: HashCall = async (requests, options) => {
    options?.onBytes?.(10);
    options?.onBytes?.(-4);
    return requests.map(answer);
  };
  const { counters } = await runStage(hashFiles({ hashFiles: call }, noBody), [entry('a')]);
  expect(counters['hashedBytes']).toBe(6);
});

it('says whether it reads, also where files fail', async () => {
  const broken: HashCall = async () => {
    throw new Error('a thread died');
  };
  const { ctx } = await failStage(hashFiles({ hashFiles: broken }, noBody), [entry('a'), entry('b')]);
  expect(ctx.progress.snapshot().counters).toMatchObject({ hashesBegun: 2, hashesEnded: 2 });
});
