import { describe, expect, it } from 'vitest';
import { Outbox } from '../../src/sources/outbox.js';
import { turn } from '../support/pipeline.js';

async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  void promise.then(() => {
    done = true;
  });
  await turn();
  return done;
}

it('gives everything that is there, in order, and then the end', async () => {
  const outbox = new Outbox<number>(10);
  outbox.push(1);
  outbox.push(2);
  expect(await outbox.take()).toEqual([1, 2]);
  outbox.push(3);
  outbox.end();
  expect(await outbox.take()).toEqual([3]);
  expect(await outbox.take()).toBeUndefined();
});

it('wakes a consumer that waits', async () => {
  const outbox = new Outbox<number>(10);
  const taken = outbox.take();
  expect(await settled(taken)).toBe(false);
  outbox.push(1);
  expect(await taken).toEqual([1]);
  const last = outbox.take();
  outbox.end();
  expect(await last).toBeUndefined();
});

describe('room', () => {
  it('is there below the capacity only, and for all who wait after a take', async () => {
    const outbox = new Outbox<number>(2);
    outbox.push(1);
    expect(await settled(outbox.room())).toBe(true);
    outbox.push(2);
    const waiting = [outbox.room(), outbox.room()];
    expect(await settled(Promise.race(waiting))).toBe(false);
    await outbox.take();
    await Promise.all(waiting);
  });

  it('goes back to waiting when another filled it first', async () => {
    const outbox = new Outbox<number>(1);
    outbox.push(1);
    const waiting = outbox.room();
    void outbox.take();
    outbox.push(2);
    expect(await settled(waiting)).toBe(false);
    outbox.close();
    await waiting;
  });
});

it('drops what is there when it is closed, and takes nothing more', async () => {
  const outbox = new Outbox<number>(1);
  outbox.push(1);
  outbox.close();
  outbox.push(2);
  expect([outbox.size, outbox.closed]).toEqual([0, true]);
  expect(await outbox.take()).toBeUndefined();
});

it('fails the next take with the first error', async () => {
  const outbox = new Outbox<number>(1);
  const taken = outbox.take();
  const first = new Error('first');
  outbox.fail(first);
  outbox.fail(new Error('second'));
  await expect(taken).rejects.toBe(first);
  await expect(outbox.take()).rejects.toBe(first);
});
