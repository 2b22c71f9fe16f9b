import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { createBudget } from '../../src/pipeline/budget.js';
import { Seat } from '../../src/pipeline/seat.js';
import { turn } from '../support/pipeline.js';

it('takes the seat before a credit, and a credit while the seat is taken', () => {
  const objects = createBudget('objects', 1);
  const seat = new Seat(objects);
  const first = seat.tryTake();
  expect(objects.inUse).toBe(0);
  const second = seat.tryTake();
  expect(objects.inUse).toBe(1);
  expect(seat.tryTake()).toBeUndefined();
  first?.release();
  expect(seat.tryTake()).toBeDefined();
  second?.release();
  expect(objects.held).toBe(0);
});

it('waits for whichever is free first and leaves nothing behind', async () => {
  const objects = createBudget('objects', 1);
  const elsewhere = await objects.acquire(1);
  const stop = new AbortController();
  const seat = new Seat(objects);
  const sitting = seat.sit();
  const next = seat.take(stop.signal);
  await turn();
  sitting.release();
  const onSeat = await next;
  expect(seat.tryTake()).toBeUndefined();
  const third = seat.take(stop.signal);
  elsewhere.release();
  const onCredit = await third;
  expect(objects.inUse).toBe(1);
  onCredit.release();
  onSeat.release();
  expect(objects).toMatchObject({ inUse: 0, held: 0 });
  expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
});

it.each(['credit first', 'seat first'])(
  'loses nothing when both become free in one go (%s)',
  async (order) => {
    const objects = createBudget('objects', 1);
    const elsewhere = await objects.acquire(1);
    const seat = new Seat(objects);
    const leases = [elsewhere, seat.sit()];
    const next = seat.take(new AbortController().signal);
    for (const lease of order === 'credit first' ? leases : leases.reverse()) lease.release();
    (await next).release();
    expect(objects).toMatchObject({ inUse: 0, held: 0 });
    expect(seat.tryTake()).toBeDefined();
  },
);

it.each(['before', 'during'])('rejects when the signal aborts %s the wait', async (when) => {
  const objects = createBudget('objects', 1);
  const elsewhere = await objects.acquire(1);
  const stop = new AbortController();
  const seat = new Seat(objects);
  seat.sit();
  if (when === 'before') stop.abort();
  const wait = seat.take(stop.signal);
  stop.abort();
  await expect(wait).rejects.toMatchObject({ code: 'Cancelled' });
  elsewhere.release();
  expect(objects.held).toBe(0);
});
