// The files of one directory through s3-direct and the hash pool, without caches, existence checks and manifest: what
// `s5cmd cp` of a directory does, and hashing besides. A process of its own, started by bench/s3-clients.mjs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectS3 } from '../../dist/backends/s3/connection.js';
import { createS3DirectClient } from '../../dist/backends/s3-direct.js';
import { createHashPool } from '../../dist/hashing/pool.js';
import { hasher } from '../../dist/hashing/xxh128.js';

const BUCKET = 'bucket';
const PER_TASK = 128;
const IN_FLIGHT = 64;
const [tree, endpoint] = process.argv.slice(2);
const connection = await connectS3({
  ...{ endpoint, region: 'us-east-1', expectedBucketOwner: 'none' },
  credentials: { accessKeyId: '123456789012', secretAccessKey: 'secretsecret' },
});
const client = createS3DirectClient(connection, { xxh128: hasher });
const pool = createHashPool();
const batches = readBatches(filesIn(tree));
const current = [];
await Promise.all(Array.from({ length: IN_FLIGHT }, send));
await client.close();
await pool.close();

function filesIn(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
}

/** Hashed batches with their bytes, a few ahead of the sender. */
async function* readBatches(paths) {
  const ahead = [];
  for (let at = 0; at < paths.length || ahead.length > 0; ) {
    while (ahead.length < 3 && at < paths.length) {
      const batch = paths.slice(at, at + PER_TASK);
      at += PER_TASK;
      ahead.push(pool.hashFiles(batch.map((path) => ({ path, chunkSizeBytes: -1, keepBody: true }))));
    }
    yield await ahead.shift();
  }
}

async function send() {
  for (let file = await next(); file; file = await next()) {
    const [digest] = file.hashes;
    await client.putObject(BUCKET, `Data/${digest}.xxh128`, file.body, { xxh128: digest });
  }
}

/** The next file of the current batch; the generator itself queues those who ask at once. */
async function next() {
  while (current.length === 0) {
    const { value, done } = await batches.next();
    if (done) return current.pop();
    current.push(...value.map(({ file, error }) => file ?? Promise.reject(error)));
  }
  return current.pop();
}
