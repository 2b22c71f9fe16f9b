import { of } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { UploadUnit } from '../../src/model/upload-unit.js';
import {
  EXISTENCE_CHECK_DEFAULTS,
  existenceCheck,
  type HeadObject,
  type PresenceCache,
  StaleCacheError,
} from '../../src/stages/existence-check.js';
import { gates, testContext, turn, turns } from '../support/pipeline.js';
import { failStage, hashed, LeaseCount, runStage, subscribed } from '../support/stages.js';

const unit = (hash: string, size = 7): UploadUnit => ({
  file: hashed(`f-${hash}`, [hash], { size }),
  objects: 1,
  object: { hash, size, source: { kind: 'file', path: '/r/f', offset: 0, length: size, whole: true } },
});
const units = (count: number): UploadUnit[] => Array.from({ length: count }, (_, index) => unit(`h${index}`));
const missing: HeadObject = async () => undefined;

function cacheOf(...known: readonly string[]): PresenceCache & { readonly stored: string[] } {
  const stored: string[] = [];
  return {
    stored,
    lookup: async (hashes) => hashes.map((hash) => known.includes(hash)),
    store: (hashes) => void stored.push(...hashes),
  };
}

it.each([
  ['the same size', { size: 7 }, { present: 'stored' }],
  ['another size', { size: 6 }, { replaces: true }],
  ['nothing', undefined, {}],
])('the store holds %s', async (_case, stored, expected) => {
  const { values, counters, logged } = await runStage(
    existenceCheck(async () => stored),
    [unit('h')],
  );
  expect(values).toEqual([{ ...unit('h'), ...expected }]);
  expect(counters['checked']).toBe(1);
  expect(logged).toHaveLength('replaces' in expected ? 1 : 0);
});

it('asks once about what occurs twice, and never about an entry without content', async () => {
  const head = vi.fn(missing);
  const directory: UploadUnit = { file: hashed('d', [], { kind: 'directory' }), objects: 0 };
  const { values } = await runStage(existenceCheck(head), [unit('h'), directory, unit('h'), unit('h')]);
  expect(values.map((value) => value.present).sort()).toEqual([
    'duplicate',
    'duplicate',
    undefined,
    undefined,
  ]);
  expect(head).toHaveBeenCalledOnce();
});

it('remembers nothing of an earlier subscription', async () => {
  const head = vi.fn(missing);
  const stage = existenceCheck(head);
  await runStage(stage, [unit('h')]);
  const { values } = await runStage(stage, [unit('h')]);
  expect([values[0]?.present, head.mock.calls.length]).toEqual([undefined, 2]);
});

it('keeps at most `concurrency` requests outstanding', async () => {
  let active = 0;
  let peak = 0;
  const head: HeadObject = async () => {
    peak = Math.max(peak, ++active);
    await turn();
    active -= 1;
    return undefined;
  };
  expect((await runStage(existenceCheck(head, { concurrency: 3 }), units(9))).values).toHaveLength(9);
  expect(peak).toBe(3);
});

it('lets the error of the store through as it is, and gives all leases back', async () => {
  const cause = Object.assign(new Error('503'), { code: 'ServiceError', key: 'h' });
  const { error, balanced } = await failStage(
    existenceCheck(() => Promise.reject(cause)),
    units(5),
  );
  expect(error).toBe(cause);
  expect(balanced).toBe(true);
});

it('fails its item only when failures are collected', async () => {
  const head: HeadObject = async (hash) => {
    if (hash === 'h1') throw new Error('503');
    return undefined;
  };
  const { count, ctx, balanced } = await failStage(existenceCheck(head), units(3), {
    onFileError: 'collect',
  });
  expect([count, ctx.failures.errors.length, balanced]).toEqual([2, 1, true]);
});

it('aborts outstanding requests on unsubscribe', async () => {
  const { work, calls } = gates<AbortSignal, undefined>();
  const { subscription, leases } = subscribed(
    existenceCheck((_hash, signal) => work(signal)),
    units(2),
  );
  subscription.unsubscribe();
  expect(calls.map(({ value }) => value.aborted)).toEqual([true, true]);
  for (const call of calls) call.gate.fail(new Error('aborted'));
  await turns(2);
  expect(leases.balanced).toBe(true);
});

describe('the cache', () => {
  const stored: HeadObject = async () => ({ size: 7 });

  it('spares the request, and a sample of its answers is checked at the end', async () => {
    const head = vi.fn(stored);
    const known = units(100).map(({ object }) => object?.hash ?? '');
    const { values } = await runStage(
      existenceCheck(head, { cache: cacheOf(...known), sampleSize: 5 }),
      units(100),
    );
    expect(values.every(({ present }) => present === 'cached')).toBe(true);
    expect(head).toHaveBeenCalledTimes(5);
    expect(EXISTENCE_CHECK_DEFAULTS.sampleSize).toBe(30);
  });

  it('is told what the store holds, not what it lacks', async () => {
    const cache = cacheOf();
    const head: HeadObject = async (hash) => (hash === 'h1' ? undefined : { size: hash === 'h2' ? 1 : 7 });
    await runStage(existenceCheck(head, { cache }), units(3));
    expect(cache.stored).toEqual(['h0']);
  });

  it.each([
    ['holds nothing', undefined],
    ['holds another size', { size: 1 }],
  ])('that claims what the store does not have (%s) ends the run', async (_case, answer) => {
    const stage = existenceCheck(async () => answer, { cache: cacheOf('h0') });
    const { error, balanced } = await failStage(stage, units(1));
    expect(error).toBeInstanceOf(StaleCacheError);
    expect(error).toMatchObject({ code: 'StaleCache', hash: 'h0' });
    expect(balanced).toBe(true);
  });

  it('that fails knows nothing', async () => {
    const cache: PresenceCache = { lookup: () => Promise.reject(new Error('locked')), store: () => {} };
    const { values, logged } = await runStage(existenceCheck(stored, { cache }), units(2));
    expect(values.map(({ present }) => present)).toEqual(['stored', 'stored']);
    expect(logged).toHaveLength(1);
  });

  it('is sampled with no sample: nothing is asked', async () => {
    const head = vi.fn(stored);
    await runStage(existenceCheck(head, { cache: cacheOf('h0'), sampleSize: 0 }), units(1));
    expect(head).not.toHaveBeenCalled();
  });

  it('has its sample asked with a signal that aborts when the run is left, and the run waits', async () => {
    const { work, calls } = gates<AbortSignal, undefined>();
    const stage = existenceCheck((_hash, signal) => work(signal), { cache: cacheOf('h0') });
    const ctx = testContext();
    const [item] = new LeaseCount().items(units(1));
    if (!item) throw new Error('no item');
    const subscription = of(item)
      .pipe(stage(ctx))
      .subscribe(({ lease }) => lease.release());
    await turns(3);
    expect([calls.length, ctx.budgets.files.held]).toEqual([1, 1]);
    subscription.unsubscribe();
    expect(calls[0]?.value.aborted).toBe(true);
    calls[0]?.gate.fail(new Error('aborted'));
    await turn();
    expect(ctx.budgets.files.held).toBe(0);
  });
});

it.each([0, 2.5])('refuses concurrency %d while composing', (concurrency) => {
  expect(() => existenceCheck(missing, { concurrency })).toThrow(
    expect.objectContaining({ code: 'InvalidConfig' }),
  );
});
