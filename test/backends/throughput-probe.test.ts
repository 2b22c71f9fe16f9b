import { expect, it } from 'vitest';
import { PROBE_DEFAULTS, ThroughputProbe } from '../../src/backends/throughput-probe.js';

/** A probe over a store that ends as many calls per second as `rate` says of the limit, one after the other. */
function probing(rate: (limit: number) => number) {
  let at = 0;
  const clock = { monotonic: () => at };
  const probe = new ThroughputProbe({ ...PROBE_DEFAULTS, initial: 50, most: 1024 }, clock);
  const seen: number[] = [50];
  const seconds = (count: number, full = true, bytes = 0): void => {
    for (const end = at + count * 1000; at < end; ) {
      at += 1000 / rate(probe.limit);
      probe.moved(bytes);
      probe.ended(full);
      if (probe.limit !== seen[seen.length - 1]) seen.push(probe.limit);
    }
  };
  return { probe, seen, seconds };
}

it('goes up to the most while each raise pays', () => {
  const { seen, seconds } = probing((limit) => limit * 4);
  seconds(60);
  expect(seen).toEqual([50, 75, 113, 170, 255, 383, 575, 863, 1024]);
});

it('comes back from a raise that does not pay, and tries again after a pause', () => {
  const { probe, seen, seconds } = probing((limit) => Math.min(limit * 4, 305));
  seconds(20);
  expect(seen).toEqual([50, 75, 113, 75]);
  expect(probe.limit).toBe(75);
  seconds(40);
  expect(seen.slice(3)).toEqual([75, 113, 75]);
});

it('stays where it is when the machine is the bottleneck from the start', () => {
  const { probe, seen, seconds } = probing(() => 1000);
  seconds(10);
  expect(seen).toEqual([50, 75, 50]);
  expect(probe.limit).toBe(50);
});

it('measures large bodies in bytes, not in calls', () => {
  const mebibyte = 1024 * 1024;
  const { seen, seconds } = probing((limit) => limit);
  seconds(2.1, true, 2 * mebibyte);
  expect(seen).toEqual([50, 75]);
  seconds(2.1, true, mebibyte); // more calls, fewer bytes
  expect(seen).toEqual([50, 75, 50]);
});

it('learns nothing while the limit kept nobody waiting', () => {
  const { seen, seconds } = probing((limit) => limit * 4);
  seconds(20, false);
  expect(seen).toEqual([50]);
});

it('waits for one round of calls that take long', () => {
  const { seen, seconds } = probing(() => 10);
  seconds(9.8);
  expect(seen).toEqual([50]);
  seconds(0.4);
  expect(seen).toEqual([50, 75]);
});

it('goes back at once when throttled, and leaves it at that for a while', () => {
  const { probe, seen, seconds } = probing((limit) => limit * 4);
  seconds(5);
  expect(probe.limit).toBe(113);
  probe.throttled();
  expect(probe.limit).toBe(75);
  seconds(29);
  expect(probe.limit).toBe(75);
  seconds(5);
  expect(seen[seen.length - 1]).toBeGreaterThan(75);
});
