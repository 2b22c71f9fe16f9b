import { expect, it } from 'vitest';
import { withFaults } from '../../src/backends/faults.js';
import { callClassOf, withLimits } from '../../src/backends/limit.js';
import { withMetering } from '../../src/backends/metering.js';
import { createBudget } from '../../src/pipeline/budget.js';
import { memoryStore } from '../support/memory-store.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

function hanging(limits: Parameters<typeof withLimits>[1]) {
  const metered = withMetering(
    withFaults(memoryStore(), ({ method }) => (method === 'abortMultipart' ? undefined : { kind: 'hang' })),
  );
  return { metered, client: withLimits(metered, limits) };
}

it('keeps calls in flight within the limit, per class and in all, and lets the next in order go', async () => {
  const all = createBudget('all', 3);
  const { metered, client } = hanging({ all, byClass: { head: createBudget('head', 2) } });
  const stop = new AbortController();
  const { signal } = stop;
  const calls: Promise<unknown>[] = [1, 2, 3, 4].map(() => client.headObject('bucket', 'key', { signal }));
  await turn();
  calls.push(client.getObject('bucket', 'key', { signal }), client.getObject('bucket', 'key', { signal }));
  await turn();
  expect(metered.counts('headObject').inFlight).toBe(2);
  expect(metered.counts('getObject').inFlight).toBe(1);
  expect(all.inUse).toBe(3);
  stop.abort();
  for (const outcome of await Promise.allSettled(calls)) expect(outcome.status).toBe('rejected');
  expect(all.inUse).toBe(0);
  expect(metered.totals()).toMatchObject({ calls: 3, errors: 3, inFlight: 0, peakInFlight: 3 });
});

it('never lets an abort wait for calls that hang', async () => {
  const { client } = hanging({ all: createBudget('all', 1) });
  const stop = new AbortController();
  const hung = client.getObject('bucket', 'key', { signal: stop.signal });
  await turn();
  await client.abortMultipart('bucket', 'key', 'none');
  stop.abort();
  await expect(hung).rejects.toMatchObject({ code: 'Cancelled' });
});

it('a listing holds no share between its pages', async () => {
  const all = createBudget('all', 1);
  const store = memoryStore();
  await store.putObject('bucket', 'key', new Uint8Array(1));
  const client = withLimits(store, { all });
  for await (const page of client.listObjects('bucket', '')) {
    expect(all.inUse).toBe(0);
    for (const { key } of page) expect((await client.headObject('bucket', key))?.size).toBe(1);
  }
  expect(all.peak).toBe(1);
});

it.each([
  ['headObject', 'head'],
  ['getObjectRange', 'read'],
  ['uploadPart', 'write'],
  ['listMultipart', 'list'],
  ['abortMultipart', undefined],
] as const)('%s belongs to %s', (method, expected) => {
  expect(callClassOf(method)).toBe(expected);
});
