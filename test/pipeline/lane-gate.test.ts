import { expect, it } from 'vitest';
import { LaneGate } from '../../src/pipeline/lane-gate.js';
import { turn } from '../support/pipeline.js';

/** Enters as one; tells in `order` who got in. */
function entering(gate: LaneGate, order: string[], signal = new AbortController().signal) {
  return (name: string, isLarge = false): void => {
    const wait = gate.enter(isLarge, signal);
    if (!wait) order.push(name);
    else
      wait.then(
        () => order.push(name),
        () => order.push(`no ${name}`),
      );
  };
}

it('lets large ones in one by one, and only when no small one waits', async () => {
  const gate = new LaneGate(2, 1);
  const order: string[] = [];
  const enter = entering(gate, order);
  for (const name of ['a', 'b']) enter(name);
  for (const name of ['L1', 'L2']) enter(name, true);
  enter('c');
  expect(order).toEqual(['a', 'b']);
  gate.leave(false);
  await turn();
  expect(order).toEqual(['a', 'b', 'c']);
  gate.leave(false);
  await turn();
  expect(order).toEqual(['a', 'b', 'c', 'L1']);
  enter('d'); // a large one takes no place of the small ones
  expect(order.at(-1)).toBe('d');
  gate.leave(true);
  await turn();
  expect(order.at(-1)).toBe('d');
  gate.leave(false);
  await turn();
  expect(order.at(-1)).toBe('L2');
});

it('lets nobody in who has gone', async () => {
  const gate = new LaneGate(1, 1);
  const order: string[] = [];
  const stop = new AbortController();
  entering(gate, order)('a');
  entering(gate, order, stop.signal)('b');
  entering(gate, order)('c');
  stop.abort();
  gate.leave(false);
  await turn();
  expect(order).toEqual(['a', 'no b', 'c']);
});
