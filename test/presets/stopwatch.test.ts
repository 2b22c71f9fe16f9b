import { expect, it } from 'vitest';
import { Stopwatch } from '../../src/presets/stopwatch.js';
import { gate, testContext } from '../support/pipeline.js';

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

it('counts until a source ends, also when it fails or is left early', async () => {
  const { clock, watch } = clocked();
  const source = watch.source<number>(async function* () {
    for (const item of [1, 2]) {
      clock.ms += 500;
      yield item;
    }
    if (clock.ms > 1500) throw new Error('no');
  });
  const seen: number[] = [];
  for await (const item of source(testContext())) seen.push(item);
  expect([seen, watch.seconds]).toEqual([[1, 2], 1]);
  for await (const _item of source(testContext())) break;
  clock.ms += 500;
  expect(watch.seconds).toBe(1.5);
  const failing = async (): Promise<void> => {
    for await (const _item of source(testContext()));
  };
  await expect(failing()).rejects.toThrow('no');
  clock.ms += 500;
  expect(watch.seconds).toBe(2.5);
});
