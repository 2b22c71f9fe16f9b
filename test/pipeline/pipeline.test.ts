import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { mapLeased } from '../../src/pipeline/map-leased.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import type { Source } from '../../src/pipeline/types.js';
import { countingSource, numbers, toValues } from '../support/pipeline.js';

it('composing runs nothing', () => {
  const source = vi.fn<Source<number>>();
  const stage = vi.fn();
  Pipeline.from(source).through(stage).into(toValues()).observe();
  expect(source).not.toHaveBeenCalled();
  expect(stage).not.toHaveBeenCalled();
});

it('a pipeline can be continued in two ways', async () => {
  const start = Pipeline.from(countingSource(numbers(3)).source);
  const plus = start.through<number>((ctx) => mapLeased(ctx, 1, (value) => value + 1)).into(toValues());
  const times = start
    .through<number>((ctx) => mapLeased(ctx, 1, async (value) => value * 10))
    .into(toValues());
  expect(await plus.run()).toEqual([1, 2, 3]);
  expect(await times.run()).toEqual([0, 10, 20]);
  expect(await plus.run()).toEqual([1, 2, 3]);
});

it('a million items through three stages stay within flat memory', () => {
  const script = new URL('../support/million-items.mjs', import.meta.url).pathname;
  expect(existsSync(new URL('../../dist/pipeline/pipeline.js', import.meta.url))).toBe(true);
  const output = execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' });
  const { items, growthBytes, peakFiles } = JSON.parse(output) as Record<string, number>;
  expect(items).toBe(1_000_000);
  expect(peakFiles).toBeLessThanOrEqual(512);
  expect(growthBytes).toBeLessThan(4 * 1024 * 1024);
});
