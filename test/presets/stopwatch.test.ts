import { expect, it } from 'vitest';
import { Stopwatch } from '../../src/presets/stopwatch.js';
import { gate } from '../support/pipeline.js';

function clocked() {
  const clock = { ms: 0 };
  return { clock, watch: new Stopwatch(() => clock.ms) };
}

it('counts work side by side once, failed work too', async () => {
  const { clock, watch } = clocked();
  const [one, two] = [gate(), gate()];
  const first = watch.time(() => one.promise);
  clock.ms = 1000;
  const second = watch.time(() => two.promise);
  clock.ms = 3000;
  expect(watch.seconds).toBe(3);
  one.open();
  await first;
  clock.ms = 4000;
  two.fail(new Error('no'));
  await expect(second).rejects.toThrow('no');
  clock.ms = 9000;
  expect(watch.seconds).toBe(4);
});

it('counts until items end, also when they are left early', async () => {
  const { clock, watch } = clocked();
  async function* items(): AsyncGenerator<number> {
    for (const item of [1, 2]) {
      clock.ms += 500;
      yield item;
    }
  }
  const seen: number[] = [];
  for await (const item of watch.until(items())) seen.push(item);
  expect([seen, watch.seconds]).toEqual([[1, 2], 1]);
  for await (const _item of watch.until(items())) break;
  clock.ms += 500;
  expect(watch.seconds).toBe(1.5);
});
