import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { Permits } from '../../src/backends/permits.js';

/** Permits of which `all` may be held, and what became of those that wait. */
function permits(all: number, write = all) {
  const limits = { all, of: (kind: string) => (kind === 'write' ? write : all) };
  const given = new Permits(limits);
  const ends: string[] = [];
  const take = (name: string, kind: 'write' | 'head', signal?: AbortSignal): void => {
    given.take(kind, signal).then(
      () => ends.push(name),
      (error: { code: string }) => ends.push(`${name} ${error.code}`),
    );
  };
  const ended = async (): Promise<string[]> => {
    await new Promise((resolve) => setImmediate(resolve));
    return ends.splice(0);
  };
  return { limits, given, take, ended };
}

it('those that wait go in the order in which they came, whatever their class', async () => {
  const { given, take, ended } = permits(1);
  for (const [name, kind] of [
    ['first', 'write'],
    ['second', 'head'],
    ['third', 'write'],
  ] as const)
    take(name, kind);
  expect(await ended()).toEqual(['first']);
  expect(given.waiting).toBe(2);
  given.giveBack('write');
  expect(await ended()).toEqual(['second']);
  given.giveBack('head');
  expect(await ended()).toEqual(['third']);
});

it('a class at its limit blocks no other', async () => {
  const { given, take, ended } = permits(3, 1);
  take('write', 'write');
  take('waits', 'write');
  take('head', 'head');
  expect(await ended()).toEqual(['write', 'head']);
  expect(given.isFull).toBe(false);
});

it('an abort ends the waiting of all that wait under its signal, and of no other', async () => {
  const { given, take, ended } = permits(1);
  const [stop, other] = [new AbortController(), new AbortController()];
  take('holds', 'write', stop.signal);
  take('one', 'write', stop.signal);
  take('two', 'head', stop.signal);
  take('stays', 'head', other.signal);
  take('free', 'head');
  await ended();
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
  stop.abort();
  expect((await ended()).sort()).toEqual(['one Cancelled', 'two Cancelled']);
  expect(given.waiting).toBe(2);
  given.giveBack('write');
  expect(await ended()).toEqual(['stays']);
  expect(getEventListeners(other.signal, 'abort')).toHaveLength(0);
});

it('no listener stays behind on a signal that nobody waits under any more', async () => {
  const { given, take, ended } = permits(1);
  const stop = new AbortController();
  for (const name of ['a', 'b', 'c']) take(name, 'write', stop.signal);
  for (let round = 0; round < 3; round += 1) {
    expect(await ended()).toHaveLength(1);
    given.giveBack('write');
  }
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  expect(given.heldByAll).toBe(0);
});

it('a signal that has aborted before takes nothing', async () => {
  const { given, take, ended } = permits(1);
  take('late', 'write', AbortSignal.abort());
  expect(await ended()).toEqual(['late Cancelled']);
  expect(given.heldByAll).toBe(0);
});

it('whoever leaves makes room for the one behind in a class that has some', async () => {
  const { limits, given, take, ended } = permits(2, 0);
  const stop = new AbortController();
  take('blocked', 'write', stop.signal);
  take('behind', 'write');
  expect(await ended()).toEqual([]);
  limits.of = () => 1;
  stop.abort();
  expect(await ended()).toEqual(['blocked Cancelled', 'behind']);
  expect(given.held.write).toBe(1);
});
