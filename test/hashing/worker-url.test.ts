import { expect, it } from 'vitest';
import { workerUrl as ofCaches } from '../../src/caches/worker-url.js';
import { workerUrl } from '../../src/hashing/worker-url.js';

it.each([
  ['file:///p/dist/hashing/pool.js', 'file:///p/dist/hashing/worker.js'],
  ['file:///p/src/hashing/pool.ts', 'file:///p/dist/hashing/worker.js'],
  ['file:///usr/src/p/src/hashing/pool.ts', 'file:///usr/src/p/dist/hashing/worker.js'],
  ['file:///usr/src/p/dist/hashing/pool.js', 'file:///usr/src/p/dist/hashing/worker.js'],
  ['file:///a%20b/src/hashing/pool.ts', 'file:///a%20b/dist/hashing/worker.js'],
])('from %s to %s', (from, to) => {
  expect([workerUrl, ofCaches].map((find) => find('worker.js', from).href)).toEqual([to, to]);
});
