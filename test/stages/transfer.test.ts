import { describe, expect, it, vi } from 'vitest';
import type { CasSource } from '../../src/model/cas-object.js';
import type { CheckedUnit } from '../../src/model/upload-unit.js';
import type { OwnedContext } from '../../src/pipeline/context.js';
import { type PutCall, type PutObject, transfer } from '../../src/stages/transfer.js';
import { gates, turn, turns } from '../support/pipeline.js';
import { failStage, hashed, runStage, subscribed } from '../support/stages.js';

const inFile = (length: number): CasSource => ({
  kind: 'file',
  path: '/r/f',
  offset: 0,
  length,
  whole: true,
});
const unit = (hash: string, more: Partial<CheckedUnit> = {}, size = 7): CheckedUnit => ({
  file: hashed(`f-${hash}`, [hash], { size }),
  objects: 1,
  object: { hash, size, source: inFile(size) },
  ...more,
});
const units = (count: number): CheckedUnit[] =>
  Array.from({ length: count }, (_, index) => unit(`h${index}`));
const created: PutObject = async () => ({ created: true });

it('sends what is missing, and passes the rest at once', async () => {
  const put = vi.fn(created);
  const directory: CheckedUnit = { file: hashed('d', [], { kind: 'directory' }), objects: 0 };
  const present = (['duplicate', 'cached', 'stored'] as const).map((kind) => unit(kind, { present: kind }));
  const { values } = await runStage(transfer(put), [unit('new'), directory, ...present]);
  const outcomes = Object.fromEntries(values.map(({ file, outcome }) => [file.path, outcome]));
  expect(outcomes).toEqual({
    'f-new': 'sent',
    d: 'skipped',
    'f-duplicate': 'skipped',
    'f-cached': 'skipped',
    'f-stored': 'skipped',
  });
  expect(put.mock.calls.map(([object]) => object.hash)).toEqual(['new']);
  expect(values.every((value) => !('present' in value) && !('replaces' in value))).toBe(true);
});

type Head = () => Promise<{ size: number } | undefined>;

describe('ifAbsent', () => {
  const calls = async (
    more: Partial<CheckedUnit>,
    put: PutObject,
    head?: () => Promise<{ size: number } | undefined>,
  ) => {
    const seen: boolean[] = [];
    const spied: PutObject = (object, call) => {
      seen.push(call.ifAbsent);
      return put(object, call);
    };
    const { values } = await runStage(transfer(spied, head ? { head } : {}), [unit('h', more)]);
    return { seen, outcome: values[0]?.outcome };
  };
  const there: PutObject = async (_object, { ifAbsent }) => ({ created: !ifAbsent });

  it.each<[string, Partial<CheckedUnit>, PutObject, Head | undefined, boolean[], string]>([
    ['nothing is there', {}, created, undefined, [true], 'sent'],
    ['another size was seen', { replaces: true }, created, undefined, [false], 'sent'],
    ['the same came meanwhile', {}, there, async () => ({ size: 7 }), [true], 'skipped'],
    ['another size came meanwhile', {}, there, async () => ({ size: 6 }), [true, false], 'sent'],
    ['it came and went meanwhile', {}, there, async () => undefined, [true, false], 'sent'],
    ['it came, and nobody can look', {}, there, undefined, [true], 'skipped'],
  ])('%s', async (_case, more, put, head, seen, outcome) => {
    expect(await calls(more, put, head)).toEqual({ seen, outcome });
  });
});

it('remembers what the store confirmed, and nothing that failed', async () => {
  const remembered: string[] = [];
  const put: PutObject = async ({ hash }) => {
    if (hash === 'h1') throw new Error('503');
    return { created: hash === 'h0' };
  };
  const stage = transfer(put, { remember: (hash) => void remembered.push(hash) });
  await failStage(stage, units(3), { onFileError: 'collect' });
  expect(remembered.sort()).toEqual(['h0', 'h2']);
});

it('keeps at most `concurrency` objects on their way', async () => {
  let active = 0;
  let peak = 0;
  const put: PutObject = async () => {
    peak = Math.max(peak, ++active);
    await turn();
    active -= 1;
    return { created: true };
  };
  await runStage(transfer(put, { concurrency: 2 }), units(7));
  expect(peak).toBe(2);
});

it('sends large ones one at a time, and small ones beside them', async () => {
  const active = { small: 0, large: 0 };
  const peak = { small: 0, large: 0 };
  const put: PutObject = async ({ size }) => {
    const kind = size > 100 ? 'large' : 'small';
    peak[kind] = Math.max(peak[kind], ++active[kind]);
    await turns(2);
    active[kind] -= 1;
    return { created: true };
  };
  const mixed = Array.from({ length: 12 }, (_, index) => unit(`h${index}`, {}, index % 3 === 0 ? 101 : 100));
  const options = { concurrency: 3, largeAtOnce: 1, smallFileThresholdBytes: 100 };
  expect((await runStage(transfer(put, options), mixed)).values).toHaveLength(12);
  expect(peak).toEqual({ small: 3, large: 1 });
});

it('tells what became of a put that nobody had asked about', async () => {
  const told: boolean[] = [];
  const put: PutObject = async ({ hash }) => ({ created: hash !== 'there' });
  const stage = transfer(put, {
    onUnchecked: ({ created }) => void told.push(created),
    head: async () => ({ size: 7 }),
  });
  const { values } = await runStage(stage, [
    unit('new', { unchecked: true }),
    unit('there', { unchecked: true }),
    unit('asked'),
  ]);
  expect(told).toEqual([true, false]);
  expect(values.map(({ outcome }) => outcome).sort()).toEqual(['sent', 'sent', 'skipped']);
});

it('asks first where puts have turned out to tell nothing', async () => {
  const sent: string[] = [];
  let isBlind = false;
  const put: PutObject = async ({ hash }) => {
    sent.push(hash);
    return { created: true, unconditional: true };
  };
  const stage = transfer(put, {
    concurrency: 1,
    onUnchecked: ({ unconditional = false }) => {
      isBlind = unconditional;
    },
    isBlind: () => isBlind,
    head: async (hash) => (hash === 'absent' ? undefined : { size: hash === 'torn' ? 1 : 7 }),
  });
  const names = ['first', 'there', 'absent', 'torn'];
  const units = [...names.map((name) => unit(name, { unchecked: true })), unit('known absent')];
  const { values } = await runStage(stage, units);
  expect(sent).toEqual(['first', 'absent', 'torn', 'known absent']);
  expect(values.map(({ outcome }) => outcome)).toEqual(['sent', 'skipped', 'sent', 'sent', 'sent']);
});

it('counts what the run sent before as sent', async () => {
  const sentBefore = (hash: string): boolean => hash !== 'other';
  const units_ = [
    unit('again', { present: 'stored' }),
    unit('other', { present: 'stored' }),
    unit('twice', { present: 'duplicate' }),
  ];
  const { values } = await runStage(transfer(created, { sentBefore }), units_);
  expect(values.map(({ outcome }) => outcome)).toEqual(['sent', 'skipped', 'skipped']);
});

describe('storedBytes', () => {
  const LARGE = 3 * 1024 * 1024;
  const stored = async (
    put: (call: PutCall, stored: () => number) => ReturnType<PutObject>,
    size: number,
  ) => {
    const stage: ReturnType<typeof transfer> = (ctx) => {
      const now = (): number => (ctx as OwnedContext).progress.snapshot().counters['storedBytes'] ?? 0;
      const head = async () => ({ size: 1 });
      return transfer((_object, call) => put(call, now), { head })(ctx);
    };
    return (await runStage(stage, [unit('h', {}, size)])).counters;
  };

  it('counts a large object while it travels, and takes back what travels again', async () => {
    const seen: number[] = [];
    const counters = await stored(async ({ onBytes }, now) => {
      for (const delta of [LARGE - 1, 1 - LARGE, LARGE]) {
        onBytes(delta);
        seen.push(now());
      }
      return { created: true };
    }, LARGE);
    expect(seen).toEqual([LARGE - 1, 0, LARGE]);
    expect(counters).toMatchObject({ storedBytes: LARGE, sentBytes: LARGE, puts: 1 });
  });

  it('counts no object twice, also where it is sent again to replace another', async () => {
    const seen: number[] = [];
    const counters = await stored(async ({ onBytes, ifAbsent }, now) => {
      onBytes(LARGE);
      seen.push(now());
      return { created: !ifAbsent };
    }, LARGE);
    expect(seen).toEqual([LARGE, LARGE]);
    expect(counters['storedBytes']).toBe(LARGE);
  });

  it('counts a small object when it is stored', async () => {
    let during: number | undefined;
    const counters = await stored(async ({ onBytes }, now) => {
      onBytes(7);
      during = now();
      return { created: true };
    }, 7);
    expect([during, counters['storedBytes']]).toEqual([0, 7]);
  });

  it('counts what is present, and nothing of what failed', async () => {
    const { counters } = await runStage(transfer(created), [unit('h', { present: 'cached' })]);
    expect(counters['storedBytes']).toBe(7);
    const broken: PutObject = async (_object, { onBytes }) => {
      onBytes(LARGE / 2);
      throw new Error('503');
    };
    const { ctx } = await failStage(transfer(broken), [unit('h', {}, LARGE)]);
    expect(ctx.progress.snapshot().counters['storedBytes']).toBe(0);
  });
});

describe('the bytes budget', () => {
  it('is held while an object travels from its file, up to a bound, and not for bytes in memory', async () => {
    const held: number[] = [];
    const inMemory: CasSource = { kind: 'bytes', bytes: new Uint8Array(7) };
    const objects = [
      unit('small'),
      unit('big', {}, 500),
      unit('empty', {}, 0),
      unit('memory', { object: { hash: 'memory', size: 7, source: inMemory } }),
    ];
    for (const object of objects) {
      const { ctx } = await runStage(
        (context) =>
          transfer(
            async () => {
              held.push(context.budgets.bytes.inUse);
              return { created: true };
            },
            { maxBytesPerObject: 100 },
          )(context),
        [object],
      );
      expect(ctx.budgets.bytes.inUse).toBe(0);
    }
    expect(held).toEqual([7, 100, 0, 0]);
  });

  it('makes objects wait for each other', async () => {
    let active = 0;
    let peak = 0;
    const put: PutObject = async () => {
      peak = Math.max(peak, ++active);
      await turns(2);
      active -= 1;
      return { created: true };
    };
    await runStage(transfer(put), units(6), { limits: { maxInFlightBytes: 20 } }); // 15 bytes: two objects
    expect(peak).toBe(2);
  });

  it('comes back when the put fails', async () => {
    const cause = new Error('ECONNRESET');
    const { error, ctx, balanced } = await failStage(
      transfer(() => Promise.reject(cause)),
      units(3),
    );
    expect(error).toBe(cause);
    expect([ctx.budgets.bytes.inUse, balanced]).toEqual([0, true]);
  });
});

it('counts bytes, and takes back those of a failed try', async () => {
  const put: PutObject = async (_object, { onBytes }) => {
    onBytes(7);
    onBytes(-7);
    onBytes(7);
    return { created: true };
  };
  expect((await runStage(transfer(put), units(2))).counters['sentBytes']).toBe(14);
});

it('aborts every put on unsubscribe, and gives everything back', async () => {
  const { work, calls } = gates<PutCall, { created: boolean }>();
  const stage = transfer((_object, call) => work(call), { concurrency: 2 });
  const { subscription, leases, ctx } = subscribed(stage, units(4));
  await turns(2);
  expect(calls).toHaveLength(2);
  subscription.unsubscribe();
  expect(calls.map(({ value }) => value.signal.aborted)).toEqual([true, true]);
  for (const call of calls) call.gate.fail(new Error('aborted'));
  await turns(2);
  expect([leases.balanced, ctx.budgets.bytes.inUse, calls.length]).toEqual([true, 0, 2]);
});

it.each([{ concurrency: 0 }, { maxBytesPerObject: -1 }, { largeAtOnce: 0 }, { smallFileThresholdBytes: 0 }])(
  'refuses %j while composing',
  (options) => {
    expect(() => transfer(created, options)).toThrow(expect.objectContaining({ code: 'InvalidConfig' }));
  },
);
