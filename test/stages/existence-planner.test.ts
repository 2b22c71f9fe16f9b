/** What the choice between HEAD, LIST and a conditional put costs, counted in requests (spec/storage.md 3.3). */
import { describe, expect, it } from 'vitest';
import { StorageError } from '../../src/model/errors.js';
import type { CheckedUnit, UploadUnit } from '../../src/model/upload-unit.js';
import {
  type ExistenceCheckOptions,
  existenceCheck,
  type ListObjects,
} from '../../src/stages/existence-check.js';
import { PAGE_KEYS, shardsFor } from '../../src/stages/existence-listing.js';
import { ExistencePlanner } from '../../src/stages/existence-planner.js';
import { RecentChecks } from '../../src/stages/recent-checks.js';
import { gates, testContext, turns } from '../support/pipeline.js';
import { failStage, hashed, runStage, type StageRun, subscribed } from '../support/stages.js';

const SIZE = 7;

/** Spread evenly, as digests are, and the same in every run. */
function digest(index: number): string {
  let state = Math.imul(index + 1, 2_654_435_761) >>> 0;
  let text = '';
  for (let word = 0; word < 4; word += 1) {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + word + index) >>> 0;
    state = Math.imul(state ^ (state >>> 13), 3_266_489_917) >>> 0;
    text += state.toString(16).padStart(8, '0');
  }
  return text;
}

function unit(hash: string, size = SIZE): UploadUnit {
  return {
    file: hashed(`f-${hash}`, [hash], { size }),
    objects: 1,
    object: { hash, size, source: { kind: 'file', path: '/r/f', offset: 0, length: size, whole: true } },
  };
}
const units = (count: number, from = 0, size = SIZE): UploadUnit[] =>
  Array.from({ length: count }, (_, index) => unit(digest(from + index), size));

/** A store of digests that counts what it is asked; `strangers` are keys that are no objects, before all others. */
function storeOf(stored: ReadonlyMap<string, number>, strangers = 0) {
  const sorted = [...stored.keys()].sort();
  const asked = { head: 0, pages: 0, lists: [] as string[] };
  const list: ListObjects = async function* pages(digits) {
    asked.lists.push(digits);
    const names = [
      ...(digits === '' ? Array.from({ length: strangers }, () => undefined) : []),
      ...sorted.filter((hash) => hash.startsWith(digits)),
    ];
    for (let at = 0; at < Math.max(1, names.length); at += PAGE_KEYS) {
      asked.pages += 1;
      const page = names.slice(at, at + PAGE_KEYS);
      const objects = page.flatMap((hash) =>
        hash === undefined ? [] : [{ hash, size: stored.get(hash) ?? 0 }],
      );
      yield { keys: page.length, objects };
    }
  };
  const head = async (hash: string) => {
    asked.head += 1;
    const size = stored.get(hash);
    return size === undefined ? undefined : { size };
  };
  return { asked, list, head };
}
const holding = (count: number, size = SIZE): Map<string, number> =>
  new Map(Array.from({ length: count }, (_, index) => [digest(index), size]));

interface Run extends StageRun<CheckedUnit> {
  readonly requests: { head: number; list: number };
  readonly asked: ReturnType<typeof storeOf>['asked'];
}

async function check(
  store: ReturnType<typeof storeOf>,
  values: readonly UploadUnit[],
  options: ExistenceCheckOptions = {},
  files = 1024,
): Promise<Run> {
  const requests = { head: 0, list: 0 };
  const stage = existenceCheck(store.head, {
    list: store.list,
    onRequest: (kind) => {
      requests[kind] += 1;
    },
    ...options,
  });
  const run = await runStage(stage, values, { limits: { maxInFlightFiles: files } });
  expect(run.values).toHaveLength(values.length);
  expect(requests).toEqual({ head: store.asked.head, list: store.asked.pages });
  return { ...run, requests, asked: store.asked };
}

const count = (run: Run, test: (unit: CheckedUnit) => boolean | undefined): number =>
  run.values.filter((value) => test(value) === true).length;
const total = ({ requests }: Run): number => requests.head + requests.list;

describe('auto', () => {
  it.each([
    ['small ones against an empty store', 20_000, new Map<string, number>(), SIZE, 0],
    ['large ones against an empty store', 20_000, new Map<string, number>(), 200_000, 0],
    ['all of them stored', 20_000, holding(20_000), SIZE, 20_000],
    ['half of them stored', 20_000, holding(10_000), SIZE, 10_000],
    ['a few among 70,000 others', 20_000, holding(70_000), SIZE, 20_000],
  ])('asks at most 300 times about 20,000 objects: %s', async (_case, objects, stored, size, present) => {
    const run = await check(storeOf(stored), units(objects, 0, size));
    expect(total(run)).toBeLessThanOrEqual(300);
    expect(count(run, ({ present: where }) => where === 'stored')).toBe(present);
  });

  it('asks about 1,000 objects one by one, and about 1,001 by a listing', async () => {
    const few = await check(storeOf(holding(2000)), units(1000));
    expect(few.requests).toEqual({ head: 1000, list: 0 });
    const many = await check(storeOf(holding(2000)), units(1001));
    expect(many.requests).toEqual({ head: expect.any(Number), list: 2 });
    expect(many.requests.head).toBeLessThanOrEqual(200);
  });

  it('does not list a store of 80 objects and more per object to check', async () => {
    const sparse = await check(storeOf(holding(120_000)), units(1200));
    expect(sparse.requests).toEqual({ head: 1200, list: 1 });
  });

  it('lists it once enough objects have come', async () => {
    const store = storeOf(holding(90_000));
    const { head, list } = store;
    const planner = new ExistencePlanner({
      ...{ existence: 'auto', concurrency: 64, head, list, checks: new RecentChecks(), room: 10_000 },
      ...{ sleep: () => new Promise(() => {}), isFatal: () => false, onRequest: () => {}, log: () => {} },
    });
    const { signal } = new AbortController();
    const ask = (from: number, to: number) =>
      Promise.all(
        units(to - from, from).map(({ object }) => planner.ask(object ?? expect.fail('no object'), signal)),
      );
    await ask(0, 1001);
    expect(store.asked).toMatchObject({ head: 1001, lists: [''] });
    await ask(1001, 1300);
    expect(store.asked.lists).toEqual(['', '', ...'0123456789abcdef']);
    expect(store.asked.head).toBeLessThan(1200);
    expect(await ask(1300, 1302)).toEqual([SIZE, SIZE]);
    expect(await planner.ask(units(1, 200_000)[0]?.object ?? expect.fail('no object'), signal)).toBe(
      'absent',
    );
  });

  it.each([
    [500, ['']],
    [10_000, ['']],
    [40_000, ['', ...'0123456789abcdef']],
  ])('lists %d objects in shards that fill whole pages', async (stored, lists) => {
    const run = await check(storeOf(holding(stored)), units(1500));
    expect(run.asked.lists).toEqual(lists);
  });

  it('lists a quarter of a million objects in 256 shards', () => {
    expect([15_999, 16_000, 255_999, 256_000].map((objects) => shardsFor(objects).length)).toEqual([
      1, 16, 16, 256,
    ]);
    expect(new Set(shardsFor(1e6)).size).toBe(256);
  });

  it('replaces what the listing shows with another size', async () => {
    const stored = holding(1500);
    stored.set(digest(3), SIZE - 1);
    const run = await check(storeOf(stored), units(1500));
    expect(count(run, ({ replaces }) => replaces)).toBe(1);
    expect(run.logged).toEqual([expect.stringMatching(/6 bytes in the store instead of 7/)]);
  });

  it('is not misled by keys of strangers, and gives up where they fill the folder', async () => {
    const some = await check(storeOf(holding(3000), 900), units(1500));
    expect(count(some, ({ present }) => present === 'stored')).toBe(1500);
    expect(some.requests.head).toBeLessThanOrEqual(200);
    const full = await check(storeOf(holding(3000), 5000), units(1500));
    expect(full.requests).toEqual({ head: 1500, list: 1 });
  });

  it('sends small objects without asking while nearly all are absent', async () => {
    const store = storeOf(holding(10));
    const run = await check(store, [...units(900, 50), unit(digest(5000), 200_000)], {});
    expect(run.requests.head).toBeLessThan(300);
    expect(count(run, ({ unchecked }) => unchecked)).toBeGreaterThan(600);
    const large = run.values.find(({ object }) => object?.size === 200_000);
    expect(large).not.toHaveProperty('unchecked');
  });

  it('asks again when unchecked puts find objects', async () => {
    const checks = new RecentChecks();
    for (let n = 0; n < 200; n += 1) checks.add(true);
    const early = await check(storeOf(holding(0)), units(50), { checks });
    expect(early.requests.head).toBe(0);
    for (let n = 0; n < 20; n += 1) checks.add(false); // 90 % are not more than 90 %
    const late = await check(storeOf(holding(0)), units(50), { checks });
    expect(late.requests.head).toBeGreaterThan(0);
  });

  it('does not wait where the run has no room for many', async () => {
    const run = await check(storeOf(holding(5000)), units(3000), {}, 64);
    expect(run.requests.head).toBeLessThanOrEqual(1000);
    expect(count(run, ({ present }) => present === 'stored')).toBe(3000);
  });

  it('asks one by one when no more objects come for a while', async () => {
    const sleeps: (() => void)[] = [];
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      sleep: () => new Promise<void>((resolve) => sleeps.push(resolve)),
    };
    const store = storeOf(holding(400));
    const stage = existenceCheck(store.head, { list: store.list, concurrency: 500 });
    const ctx = testContext({ clock, limits: { maxInFlightFiles: 2000 } });
    const { subscription, outputs } = subscribed(stage, units(300), ctx);
    await turns(3);
    expect([store.asked.head, sleeps.length]).toEqual([200, 1]);
    sleeps[0]?.();
    await turns(3);
    sleeps[1]?.();
    await turns(3);
    expect([store.asked.head, outputs.length]).toEqual([300, 300]);
    subscription.unsubscribe();
  });

  it('asks one by one where listing is denied', async () => {
    const store = storeOf(holding(1500));
    const denied = new StorageError('AccessDenied', 'no s3:ListBucket', { httpStatus: 403 });
    const list: ListObjects = async function* refuse() {
      store.asked.pages += 1;
      yield await Promise.reject(denied);
    };
    const { values, logged } = await runStage(existenceCheck(store.head, { list }), units(1500), {
      limits: { maxInFlightFiles: 2000 },
    });
    expect(values.every(({ present }) => present === 'stored')).toBe(true);
    expect([store.asked.head, store.asked.pages, logged.length]).toEqual([1500, 1, 1]);
  });
});

describe('a listing that fails', () => {
  const broken = new StorageError('ServiceError', 'the answer to LIST is no XML');
  const list: ListObjects = async function* html() {
    yield await Promise.reject(broken);
  };

  it.each(['auto', 'list'] as const)('fails the run with %s, and nothing is recorded', async (existence) => {
    const stored: string[] = [];
    const cache = {
      lookup: async (hashes: readonly string[]) => hashes.map(() => false),
      store: (hashes: readonly string[]) => void stored.push(...hashes),
    };
    const stage = existenceCheck(async () => undefined, { list, existence, cache });
    const { error, balanced } = await failStage(stage, units(1500), { limits: { maxInFlightFiles: 2000 } });
    expect([error, balanced, stored]).toEqual([broken, true, []]);
  });

  it('is one failure, however many objects wait for it', async () => {
    const stage = existenceCheck(async () => undefined, { list, existence: 'list' });
    const { ctx, count: passed } = await failStage(stage, units(50), { onFileError: 'collect' });
    expect([ctx.failures.errors, passed]).toEqual([[broken], 0]);
  });
});

describe('a mode that insists', () => {
  it.each([
    ['head', { head: 1500, list: 0 }, 0],
    ['list', { head: 0, list: 2 }, 0],
    ['put', { head: 0, list: 0 }, 1500],
  ] as const)('%s', async (existence, requests, unchecked) => {
    const run = await check(storeOf(holding(2000)), units(1500), { existence });
    expect(run.requests).toEqual(requests);
    expect(count(run, (value) => value.unchecked)).toBe(unchecked);
  });

  it('list begins with the first object', async () => {
    const run = await check(storeOf(holding(3)), units(2), { existence: 'list' });
    expect(run.requests).toEqual({ head: 0, list: 1 });
  });

  it('put asks about what is larger than 128 KiB', async () => {
    const values = [unit(digest(1), 128 * 1024), unit(digest(2), 128 * 1024 + 1)];
    const run = await check(storeOf(new Map()), values, { existence: 'put' });
    expect(run.requests.head).toBe(1);
    expect(count(run, ({ unchecked }) => unchecked)).toBe(1);
  });

  it('list asks by HEAD about what is no digest, which no listing shows', async () => {
    const run = await check(storeOf(new Map([['ABC', SIZE]])), [unit('ABC')], { existence: 'list' });
    expect([run.requests, run.values[0]?.present]).toEqual([{ head: 1, list: 0 }, 'stored']);
  });
});

it('is left at once, also by what waits for a listing', async () => {
  const { work, calls } = gates<AbortSignal, void>();
  const list: ListObjects = async function* hanging(_digits, signal) {
    await work(signal);
    yield { keys: 0, objects: [] };
  };
  const stage = existenceCheck(async () => undefined, { list, existence: 'list' });
  const { subscription, leases } = subscribed(stage, units(20));
  await turns(2);
  subscription.unsubscribe();
  expect(calls.map(({ value }) => value.aborted)).toEqual([true]);
  calls[0]?.gate.fail(new Error('aborted'));
  await turns(2);
  expect(leases.balanced).toBe(true);
});
