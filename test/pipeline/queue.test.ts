import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Queue } from '../../src/pipeline/queue.js';

it('behaves like an array under random operations', () => {
  const operation = fc.oneof(
    { weight: 5, arbitrary: fc.nat().map((value) => ({ kind: 'push' as const, value })) },
    { weight: 4, arbitrary: fc.constant({ kind: 'take' as const }) },
    fc.constant({ kind: 'drain' as const }),
    fc.constant({ kind: 'keep' as const }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const queue = new Queue<number>();
      let model: number[] = [];
      for (const operation of operations) {
        if (operation.kind === 'push') {
          queue.push(operation.value);
          model.push(operation.value);
        } else if (operation.kind === 'take') expect(queue.take()).toBe(model.shift());
        else if (operation.kind === 'drain') expect(queue.drain()).toEqual(model.splice(0));
        else {
          queue.keep((value) => value % 2 === 0);
          model = model.filter((value) => value % 2 === 0);
        }
        expect(queue.size).toBe(model.length);
        expect(queue.peek()).toBe(model[0]);
      }
    }),
  );
});

it('keeps the order of many items while its array is cut', () => {
  const queue = new Queue<number>();
  const taken: (number | undefined)[] = [];
  for (let value = 0; value < 10_000; value += 1) {
    queue.push(value);
    if (value % 3 !== 0) taken.push(queue.take());
  }
  while (queue.size > 0) taken.push(queue.take());
  expect(taken).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  expect(queue.take()).toBeUndefined();
});

it('lets go of what was taken', () => {
  const queue = new Queue<object>();
  for (let index = 0; index < 10; index += 1) queue.push({});
  const taken = new WeakRef(queue.take() as object);
  expect(queue.size).toBe(9);
  expect(taken.deref()).not.toBe(queue.peek());
});
