import { describe, expect, it, vi } from 'vitest';
import type { WholeObject } from '../../src/backends/storage-client.js';
import type { FetchedUnit, FetchUnit } from '../../src/model/download-unit.js';
import { StorageError } from '../../src/model/errors.js';
import {
  type FetchCall,
  type FetchOptions,
  fetchObjects,
  type ObjectReader,
} from '../../src/stages/fetch.js';
import type { RangeTerms } from '../../src/stages/pinned-object.js';
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
  getRange: async (key, start, length, { onObject }) => {
    onObject?.({ size: key.length, etag: '"e"' });
    return Buffer.from(key).subarray(start, start + length);
  },
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

it('an object that is missing names the file that it was asked for', async () => {
  const missing = new StorageError('NotFound', 'the store answered 404', { key: 'k', requestId: 'r' });
  const get = () => Promise.reject(missing);
  await expect(runStage(stage({ get }), [unit('abc')])).rejects.toMatchObject({
    ...{ kind: 'NotFound', message: 'the store answered 404 (wanted for "d/a")' },
    ...{ path: 'd/a', key: 'k', requestId: 'r' },
  });
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

  it('names bucket and key in every error about an object, where the reader knows them', async () => {
    const locate = (hash: string) => ({ bucket: 'b', key: `root/Data/${hash}.xxh128` });
    const place = { bucket: 'b', key: 'root/Data/abc.xxh128', path: 'd/a' };
    const failures = [
      [stage({ ...answers('xyz', 'xyz'), locate }), unit('abc'), 'HashMismatch'],
      [stage({ ...answers('ab'), locate }), unit('abc'), 'SizeMismatch'],
      [
        stage({
          locate,
          getRange: async (_hash, _start, _length, { onObject }) => {
            onObject?.({ size: 4, etag: '"e"' });
            return Buffer.from('c');
          },
        }),
        unit('abc', { objectOffset: 2, length: 1 }),
        'SizeMismatch',
      ],
    ] as const;
    for (const [failing, item, code] of failures)
      expect((await failStage(failing, [item])).error).toMatchObject({ code, ...place });
  });

  it('is SizeMismatch for a range that ends early', async () => {
    const range = unit('abcdef', { objectOffset: 2, length: 3 });
    const { error } = await failStage(stage({ getRange: async () => Buffer.from('c') }), [range]);
    expect(error).toMatchObject({ code: 'SizeMismatch' });
    expect((error as Error).message).toContain('from byte 2');
  });
});

describe('ranges of one object', () => {
  const ranges = (text: string, fileOffset = 0): FetchUnit[] => {
    const [first] = [unit(text)];
    const at = Array.from({ length: text.length / 2 }, (_, index) => 2 * index);
    return at.map((objectOffset) => ({
      ...first,
      ...{ objectOffset, length: 2, fileOffset: fileOffset + objectOffset },
    })) as FetchUnit[];
  };

  /** Every request waits for its gate; the answer has begun when the test tells. */
  function gated() {
    const { work, calls } = gates<{ key: string; start: number; call: FetchCall & RangeTerms }, string>();
    const getRange: ObjectReader['getRange'] = async (key, start, _length, call) =>
      Buffer.from(await work({ key, start, call }));
    const asked = () => calls.map(({ value: { start, call } }) => [start, call.ifMatch]);
    const tell = (index: number, object: WholeObject) => calls[index]?.value.call.onObject?.(object);
    return { getRange, calls, asked, tell };
  }

  it('wait for the beginning of the first answer, not for its body, and demand its etag', async () => {
    const { getRange, calls, asked, tell } = gated();
    const { outputs, subscription } = subscribed(stage({ getRange }), ranges('abcdef'));
    await turns(3);
    expect(asked()).toEqual([[0, undefined]]);
    tell(0, { size: 6, etag: '"1"' });
    await turns(2);
    expect(asked()).toEqual([
      [0, undefined],
      [2, '"1"'],
      [4, '"1"'],
    ]);
    for (const [index, text] of [
      [2, 'ef'],
      [1, 'cd'],
      [0, 'ab'],
    ] as const) {
      tell(index, { size: 6, etag: '"1"' });
      calls[index]?.gate.open(text);
      await turns(2);
    }
    expect(outputs.map(textOf)).toEqual(['ef', 'cd', 'ab']);
    subscription.unsubscribe();
  });

  it('are those of one place in one content: equal chunks and other files have their own first one', async () => {
    const { getRange, asked } = gated();
    const [content] = [unit('abcdef').content];
    const twice = [...ranges('abcdef'), ...ranges('abcdef', 6)].map((range) => ({ ...range, content }));
    const { subscription } = subscribed(stage({ getRange }), [...twice, ...ranges('abcdef')]);
    await turns(3);
    expect(asked()).toEqual(Array(3).fill([0, undefined]));
    subscription.unsubscribe();
  });

  it.each(['hash', 'size', 'none'] as const)(
    '%s: another size ends the first request before its body, and no other is made',
    async (verify) => {
      const told = vi.fn();
      const getRange: ObjectReader['getRange'] = async (_key, _start, _length, { onObject }) => {
        told();
        onObject?.({ size: 7 });
        return expect.unreachable();
      };
      const { error, balanced, ctx } = await failStage(stage({ getRange }, { verify }), ranges('abcdef'), {
        onFileError: 'collect',
      });
      expect([error, balanced, ctx.budgets.bytes.inUse]).toEqual([undefined, true, 0]);
      expect(ctx.failures.errors).toMatchObject([{ code: 'SizeMismatch', key: 'abcdef', path: 'd/a' }]);
      expect((ctx.failures.errors[0] as Error).message).toContain('7 bytes in the store instead of 6');
      expect(told).toHaveBeenCalledTimes(1);
    },
  );

  it('take back what a request had counted that is made again', async () => {
    let etag = '"1"';
    const getRange: ObjectReader['getRange'] = async (key, start, length, { onObject, onBytes, ifMatch }) => {
      onBytes(length);
      if (start === 2 && ifMatch === '"1"') {
        etag = '"2"';
        throw new StorageError('Conflict', 'replaced', { httpStatus: 412 });
      }
      onObject?.({ size: key.length, etag });
      return Buffer.from(key).subarray(start, start + length);
    };
    const { values, counters } = await runStage(stage({ getRange }), ranges('abcdef'));
    expect(values.map(textOf).sort()).toEqual(['ab', 'cd', 'ef']);
    expect(counters['fetchedBytes']).toBe(6);
    etag = '"1"';
    const { error } = await failStage(stage({ getRange }, { verify: 'size' }), ranges('abcdef'));
    expect(error).toMatchObject({ code: 'Conflict', key: 'abcdef', path: 'd/a', httpStatus: 412 });
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
