import { describe, expect, it, vi } from 'vitest';
import type { FetchedUnit, FetchUnit } from '../../src/model/download-unit.js';
import {
  type FetchCall,
  type FetchOptions,
  fetchObjects,
  type ObjectReader,
} from '../../src/stages/fetch.js';
import { gates, turn, turns } from '../support/pipeline.js';
import { failStage, runStage, subscribed } from '../support/stages.js';

const unit = (text: string, more: Partial<FetchUnit> = {}): FetchUnit => ({
  kind: 'range',
  content: {
    kind: 'content',
    hashes: [text],
    chunkSizeBytes: -1,
    size: text.length,
    targets: [{ path: 'd/a' }],
  },
  units: 1,
  hash: text,
  objectSize: text.length,
  objectOffset: 0,
  fileOffset: 0,
  length: text.length,
  ...more,
});
/** The digest of these objects is their own text. */
const hash = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const reader = (more: Partial<ObjectReader> = {}): ObjectReader => ({
  get: async (key) => Buffer.from(key),
  getRange: async (key, start, length) => Buffer.from(key).subarray(start, start + length),
  ...more,
});
const stage = (more: Partial<ObjectReader> = {}, options: Partial<FetchOptions> = {}) =>
  fetchObjects(reader(more), { hash, ...options });
const textOf = (value: unknown): string => hash((value as FetchedUnit).bytes);

it('fetches whole objects and ranges, and passes what has no content', async () => {
  const range = unit('abcdef', { objectOffset: 2, length: 3 });
  const directory = { kind: 'directory', path: 'd' } as const;
  const { values } = await runStage(stage(), [unit('abc'), range]);
  expect(values.map(textOf)).toEqual(['abc', 'cde']);
  expect((await runStage(stage(), [directory])).values).toEqual([directory]);
});

it('asks nothing for an empty file', async () => {
  const get = vi.fn(reader().get);
  const { values } = await runStage(stage({ get }), [unit('')]);
  expect([values.map(textOf), get.mock.calls.length]).toEqual([[''], 0]);
});

describe('verifying', () => {
  const answers = (...texts: readonly string[]): Pick<ObjectReader, 'get'> => {
    let next = 0;
    return {
      get: async (_key, { onBytes }) => {
        const text = texts[next++] ?? '';
        onBytes(text.length);
        return Buffer.from(text);
      },
    };
  };

  it('fetches once more when the content is another one, and counts once', async () => {
    const { values, counters } = await runStage(stage(answers('xyz', 'abc')), [unit('abc')]);
    expect(values.map(textOf)).toEqual(['abc']);
    expect(counters['fetchedBytes']).toBe(3);
  });

  it('is HashMismatch, with key and path, when it stays another one', async () => {
    const { error, balanced, ctx } = await failStage(stage(answers('xyz', 'xyz')), [unit('abc')]);
    expect(error).toMatchObject({ code: 'HashMismatch', key: 'abc', path: 'd/a' });
    expect([balanced, ctx.budgets.bytes.inUse]).toEqual([true, 0]);
  });

  it.each(['size', 'none'] as const)('%s looks at no content', async (verify) => {
    const { values } = await runStage(stage(answers('xyz'), { verify }), [unit('abc')]);
    expect(values.map(textOf)).toEqual(['xyz']);
  });

  it.each([
    ['hash', 'ab'],
    ['size', 'abcd'],
    ['none', ''],
  ] as const)('%s is SizeMismatch for another length', async (verify, text) => {
    const { error } = await failStage(stage(answers(text), { verify }), [unit('abc')]);
    expect(error).toMatchObject({ code: 'SizeMismatch', key: 'abc', path: 'd/a' });
    expect((error as Error).message).toContain(`${text.length} bytes`);
  });

  it('asks a byte more of the last range, and of no other', async () => {
    const getRange = vi.fn(reader().getRange);
    const ranges = [0, 2, 4].map((objectOffset) =>
      unit('abcdef', { objectOffset, length: 2, fileOffset: objectOffset }),
    );
    const { values } = await runStage(stage({ getRange }), ranges);
    expect(values.map(textOf)).toEqual(['ab', 'cd', 'ef']);
    expect(getRange.mock.calls.map(([, start, length]) => [start, length])).toEqual([
      [0, 2],
      [2, 2],
      [4, 3],
    ]);
  });

  it.each(['hash', 'size', 'none'] as const)('%s is SizeMismatch for a longer object', async (verify) => {
    const getRange = async (): Promise<Uint8Array> => Buffer.from('efg');
    const last = unit('abcdef', { objectOffset: 4, length: 2 });
    const { error, ctx } = await failStage(stage({ getRange }, { verify }), [last]);
    expect(error).toMatchObject({ code: 'SizeMismatch', key: 'abcdef', path: 'd/a' });
    expect((error as Error).message).toContain('longer than its 6 bytes');
    expect(ctx.budgets.bytes.inUse).toBe(0);
  });

  it('is SizeMismatch for a range that ends early', async () => {
    const range = unit('abcdef', { objectOffset: 2, length: 3 });
    const { error } = await failStage(stage({ getRange: async () => Buffer.from('c') }), [range]);
    expect(error).toMatchObject({ code: 'SizeMismatch' });
    expect((error as Error).message).toContain('from byte 2');
  });
});

it('keeps at most `concurrency` requests outstanding', async () => {
  let active = 0;
  let peak = 0;
  const get: ObjectReader['get'] = async (key) => {
    peak = Math.max(peak, ++active);
    await turn();
    active -= 1;
    return Buffer.from(key);
  };
  await runStage(
    stage({ get }, { concurrency: 2 }),
    ['a', 'b', 'c', 'd', 'e'].map((text) => unit(text)),
  );
  expect(peak).toBe(2);
});

it('holds the bytes budget from before the request until the unit ends', async () => {
  const held: number[] = [];
  const run = (ctx: Parameters<ReturnType<typeof stage>>[0]) =>
    stage({
      get: async (key) => {
        held.push(ctx.budgets.bytes.inUse);
        return Buffer.from(key);
      },
    })(ctx);
  const { ctx } = await runStage(run, [unit('abc')]);
  expect([held, ctx.budgets.bytes.peak, ctx.budgets.bytes.inUse]).toEqual([[3], 3, 0]);
});

it('hands the error of the store on, and gives leases and bytes back', async () => {
  const cause = new Error('403');
  const { error, balanced, ctx } = await failStage(stage({ get: () => Promise.reject(cause) }), [
    unit('a'),
    unit('b'),
  ]);
  expect([error, balanced, ctx.budgets.bytes.inUse]).toEqual([cause, true, 0]);
});

it('aborts requests on unsubscribe, and gives everything back', async () => {
  const { work, calls } = gates<AbortSignal, Uint8Array>();
  const get: ObjectReader['get'] = (_key, { signal }) => work(signal);
  const { subscription, leases, ctx } = subscribed(stage({ get }), [unit('a'), unit('b')]);
  await turns(2);
  subscription.unsubscribe();
  expect(calls.map(({ value }) => value.aborted)).toEqual([true, true]);
  calls[0]?.gate.open(Buffer.from('a'));
  calls[1]?.gate.fail(new Error('aborted'));
  await turns(3);
  expect([leases.balanced, ctx.budgets.bytes.inUse]).toEqual([true, 0]);
});

it('refuses a bad concurrency while composing', () => {
  expect(() => stage({}, { concurrency: 0 })).toThrow(expect.objectContaining({ code: 'InvalidConfig' }));
});

it('asks for a connection of its own when it fetches once more', async () => {
  const asked: unknown[] = [];
  const get = async (_key: string, { freshConnection }: FetchCall): Promise<Uint8Array> => {
    asked.push(freshConnection);
    return Buffer.from(asked.length === 1 ? 'xyz' : 'abc');
  };
  await runStage(stage({ get }), [unit('abc')]);
  expect(asked).toEqual([undefined, true]);
});
