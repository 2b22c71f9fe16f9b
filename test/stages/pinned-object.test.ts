import { expect, it } from 'vitest';
import type { WholeObject } from '../../src/backends/storage-client.js';
import { StorageError } from '../../src/model/errors.js';
import { PinnedObject, type RangeTerms } from '../../src/stages/pinned-object.js';
import { gates, turns } from '../support/pipeline.js';

const SUBJECT = { hash: 'h', size: 6, path: 'd/a' };
const A = { size: 6, etag: '"a"' };
const B = { size: 6, etag: '"b"' };
const status = (httpStatus: number) => new StorageError('Conflict', 'no', { httpStatus });

/** Ranges of one object; the test answers each request by hand. */
function bench(verified = true) {
  const pinned = new PinnedObject(SUBJECT, verified);
  const { work, calls } = gates<{ start: number; terms: RangeTerms }, Uint8Array>();
  const read = (start: number) => {
    const outcome = pinned
      .read(start, (terms) => work({ start, terms }))
      .then(
        (bytes) => [...bytes],
        (error: unknown) => error,
      );
    return { outcome };
  };
  const tell = (index: number, object: WholeObject): void => calls[index]?.value.terms.onObject?.(object);
  return {
    ...{ read, tell },
    /** Start and condition of each request so far. */
    asked: () => calls.map(({ value }) => [value.start, value.terms.ifMatch]),
    body: (index: number) => calls[index]?.gate.open(Uint8Array.of(index)),
    fail: (index: number, error: unknown) => calls[index]?.gate.fail(error),
    /** What the store throws that hands the answer on. */
    answer(index: number, object: WholeObject): void {
      try {
        tell(index, object);
      } catch (error) {
        calls[index]?.gate.fail(error);
      }
    },
  };
}

it('lets later ranges go without waiting', async () => {
  const { read, tell, asked } = bench();
  read(0);
  tell(0, A);
  read(2);
  await turns(1);
  read(4);
  await turns(1);
  expect(asked()).toEqual([
    [0, undefined],
    [2, '"a"'],
    [4, '"a"'],
  ]);
});

it('hands a failure of the first request to all that wait, and to those that come later', async () => {
  const { read, fail, asked } = bench();
  const first = [read(0), read(2)];
  const gone = new StorageError('NotFound', 'gone', { httpStatus: 404 });
  fail(0, gone);
  const outcomes = [...first, read(4)].map(({ outcome }) => outcome);
  for (const outcome of outcomes) expect(await outcome).toBe(gone);
  expect(asked()).toHaveLength(1);
});

it('goes on when the body of the first request fails after its answer has begun', async () => {
  const { read, tell, fail, body, asked } = bench();
  const [first, second] = [read(0), read(2)];
  tell(0, A);
  fail(0, status(500));
  await turns(1);
  body(1);
  expect(await first.outcome).toMatchObject({ httpStatus: 500 });
  expect(await second.outcome).toEqual([1]);
  expect(asked()).toHaveLength(2);
});

it('demands nothing of a store without etags, with weak ones, or that says nothing', async () => {
  for (const object of [{ size: 6 }, { size: 6, etag: 'W/"a"' }, undefined]) {
    const { read, tell, body, asked } = bench();
    read(0);
    read(2);
    if (object) tell(0, object);
    else body(0);
    await turns(2);
    expect(asked()).toEqual([
      [0, undefined],
      [2, undefined],
    ]);
  }
});

it.each([
  ['a longer', { size: 7, etag: '"a"' }, '7 bytes'],
  ['a shorter', { size: 3 }, '3 bytes'],
])('%s object is SizeMismatch, told once for all ranges', async (_what, object, size) => {
  const { read, answer, asked } = bench();
  const [first, second] = [read(0), read(2)];
  answer(0, object);
  const error = await first.outcome;
  expect(error).toMatchObject({ kind: 'SizeMismatch', key: 'h', path: 'd/a', retryable: false });
  expect((error as Error).message).toContain(`"d/a" has ${size} in the store instead of 6`);
  expect(await second.outcome).toBe(error);
  expect(asked()).toHaveLength(1);
});

it.each([
  [0, 'has 0 bytes'],
  [2, 'has at most 2 bytes'],
])('an object that ends before byte %d is SizeMismatch', async (start, text) => {
  const { read, fail } = bench();
  const { outcome } = read(start);
  fail(0, status(416));
  expect(await outcome).toMatchObject({ kind: 'SizeMismatch', message: expect.stringContaining(text) });
});

it('begins a replaced object again, once, with one new first request', async () => {
  const { read, tell, fail, body, asked } = bench();
  const outcomes = [read(0), read(2), read(4)].map(({ outcome }) => outcome);
  tell(0, A);
  await turns(1);
  body(0);
  fail(1, status(412));
  fail(2, status(412));
  await turns(2);
  expect(asked().slice(3)).toEqual([[2, undefined]]);
  tell(3, B);
  await turns(1);
  expect(asked().slice(4)).toEqual([[4, '"b"']]);
  body(3);
  body(4);
  expect(await Promise.all(outcomes)).toEqual([[0], [3], [4]]);
});

it('is Conflict, the same for all ranges, when it is replaced again', async () => {
  const { read, tell, fail, body, asked } = bench();
  const outcomes = [read(0), read(2), read(4)].map(({ outcome }) => outcome);
  tell(0, A);
  await turns(1);
  body(0);
  fail(1, status(412));
  await turns(2);
  tell(3, B);
  await turns(1);
  body(3);
  fail(2, status(412)); // still of the first version: it follows to the second one
  await turns(2);
  expect(asked().at(-1)).toEqual([4, '"b"']);
  fail(4, status(412));
  const error = await outcomes[2];
  expect(error).toMatchObject({ kind: 'Conflict', httpStatus: 412, key: 'h', path: 'd/a', retryable: true });
  expect((error as Error).message).toContain('was replaced in the store');
  expect(await read(0).outcome).toBe(error);
  expect(asked()).toHaveLength(5);
});

it('is Conflict at once when nobody verifies the content', async () => {
  const { read, tell, fail, asked } = bench(false);
  const [, second] = [read(0), read(2)];
  tell(0, A);
  await turns(1);
  fail(1, status(412));
  expect(await second.outcome).toMatchObject({ kind: 'Conflict', cause: { httpStatus: 412 } });
  expect(asked()).toHaveLength(2);
});

it('sees what a store lets through that does not know the condition', async () => {
  const { read, tell, answer } = bench(false);
  const [, second] = [read(0), read(2)];
  tell(0, A);
  await turns(1);
  answer(1, B);
  expect(await second.outcome).toMatchObject({ kind: 'Conflict' });
});

it('sees that a repeated first request meets another version', async () => {
  const { read, tell, answer, body, asked } = bench();
  const first = read(0);
  tell(0, A);
  tell(0, A); // resumed
  answer(0, B); // begun again by the retries
  await turns(2);
  expect(asked()).toEqual([
    [0, undefined],
    [0, undefined],
  ]);
  tell(1, B);
  read(2);
  await turns(1);
  expect(asked()[2]).toEqual([2, '"b"']);
  body(1);
  expect(await first.outcome).toEqual([1]);
});
