import { expect, it } from 'vitest';
import { withMetering } from '../../src/backends/metering.js';
import { memoryStore } from '../support/memory-store.js';

it('counts calls, errors and bytes per method and in all', async () => {
  const client = withMetering(memoryStore());
  const told: number[] = [];
  await client.putObject('bucket', 'a', new Uint8Array(10), { onBytes: (delta) => told.push(delta) });
  await client.putObject('bucket', 'b', new Uint8Array(5));
  await client.getObject('bucket', 'a');
  await expect(client.getObject('bucket', 'none')).rejects.toMatchObject({ kind: 'NotFound' });
  for await (const page of client.listObjects('bucket', '')) expect(page).toHaveLength(2);
  const idle = { inFlight: 0, peakInFlight: 1 };
  expect(client.counts('putObject')).toEqual({ calls: 2, errors: 0, bytes: 15, ...idle });
  expect(client.counts('getObject')).toEqual({ calls: 2, errors: 1, bytes: 10, ...idle });
  expect(client.counts('listObjects')).toMatchObject({ calls: 2, errors: 0 });
  expect(client.counts('copyObject')).toEqual({
    calls: 0,
    errors: 0,
    bytes: 0,
    inFlight: 0,
    peakInFlight: 0,
  });
  expect(client.totals()).toEqual({ calls: 6, errors: 1, bytes: 25, ...idle });
  expect(told).toEqual([10]);
  client.reset();
  expect(client.totals()).toEqual({ calls: 0, errors: 0, bytes: 0, inFlight: 0, peakInFlight: 0 });
});
