import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type PlannedCall, withFaults } from '../../src/backends/faults.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { memoryStore } from '../support/memory-store.js';

const BODY = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'faults-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('asks the plan with the method, its number and its key', async () => {
  const seen: Pick<PlannedCall, 'method' | 'number' | 'key'>[] = [];
  const client = withFaults(
    memoryStore(),
    ({ method, number, key }) => void seen.push({ method, number, key }),
  );
  await client.putObject('bucket', 'a', BODY);
  await client.headObject('bucket', 'a');
  await client.putObject('bucket', 'b', BODY);
  expect(seen).toEqual([
    { method: 'putObject', number: 1, key: 'a' },
    { method: 'headObject', number: 1, key: 'a' },
    { method: 'putObject', number: 2, key: 'b' },
  ]);
});

it('"before" makes no call, "after" makes it and loses the answer', async () => {
  const store = memoryStore();
  const error = new Error('made for this test');
  const client = withFaults(store, ({ key }) => ({ kind: key === 'x' ? 'before' : 'after', error }));
  await expect(client.putObject('bucket', 'x', BODY)).rejects.toBe(error);
  await expect(client.putObject('bucket', 'y', BODY)).rejects.toBe(error);
  expect(await store.headObject('bucket', 'x')).toBeNull();
  expect((await store.headObject('bucket', 'y'))?.size).toBe(8);
});

it('"hang" settles with the abort only', async () => {
  const client = withFaults(memoryStore(), () => ({ kind: 'hang' }));
  const stop = new AbortController();
  const call = client.headObject('bucket', 'x', { signal: stop.signal });
  const first = await Promise.race([
    call.catch(() => 'settled'),
    new Promise((resolve) => setImmediate(resolve, 'pending')),
  ]);
  expect(first).toBe('pending');
  stop.abort();
  await expect(call).rejects.toMatchObject({ code: 'Cancelled' });
});

describe.each([
  [{ kind: 'truncate', bytes: 3 } as Fault, [1, 2, 3], [9, 1, 2, 3, 0, 0, 0, 0, 0, 9]],
  [{ kind: 'alter', at: 1 } as Fault, [1, 253, 3, 4, 5, 6, 7, 8], [9, 1, 253, 3, 4, 5, 6, 7, 8, 9]],
])('%o', (fault, expected, inFile) => {
  it('damages what is sent', async () => {
    const store = memoryStore();
    const client = withFaults(store, ({ method }) =>
      method === 'completeMultipart' || method === 'createMultipart' ? undefined : fault,
    );
    const path = join(dir, 'f');
    await writeFile(path, BODY);
    await client.putObject('bucket', 'a', BODY);
    await client.putObjectFromFile('bucket', 'b', path);
    await client.putObjectFromFileRange('bucket', 'c', path, 0, 8);
    const id = await client.createMultipart('bucket', 'd');
    await client.completeMultipart('bucket', 'd', id, [await client.uploadPart('bucket', 'd', id, 1, BODY)]);
    for (const key of ['a', 'b', 'c', 'd'])
      expect([...(await store.getObject('bucket', key)).data]).toEqual(expected);
    const checked = client.putObject('bucket', 'e', BODY, { xxh128: hasher.oneShot(BODY) });
    await expect(checked).rejects.toMatchObject({ kind: 'ChecksumMismatch' });
    expect(BODY[1]).toBe(2);
  });

  it('damages what is received', async () => {
    const store = memoryStore();
    await store.putObject('bucket', 'a', BODY);
    const client = withFaults(store, () => fault);
    expect([...(await client.getObject('bucket', 'a')).data]).toEqual(expected);
    expect([...(await client.getObjectRange('bucket', 'a', 0, 7))]).toEqual(expected);
    await client.getObjectToFile('bucket', 'a', join(dir, 'to'));
    expect([...(await readFile(join(dir, 'to')))]).toEqual(expected);
    await writeFile(join(dir, 'into'), new Uint8Array(10).fill(9));
    await client.getObjectToFileOffset('bucket', 'a', join(dir, 'into'), 1);
    expect([...(await readFile(join(dir, 'into')))]).toEqual(inFile);
  });
});
