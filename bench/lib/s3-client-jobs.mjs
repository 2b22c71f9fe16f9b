// One S3 client in a process of its own, so that its CPU time is its alone: runs the jobs that the parent sends and
// answers each with wall and CPU seconds (all threads). Started by bench/s3-clients.mjs with the client's name.
import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connectS3 } from '../../dist/backends/s3/connection.js';
import { hasher } from '../../dist/hashing/xxh128.js';
import { downloadFile, openStore } from '../../dist/index.js';

const BUCKET = 'bucket';
const PREFIX = 'DeadlineCloud';
const BODIES = 256;
const [name, endpoint] = process.argv.slice(2);
const s3 = {
  ...{ endpoint, region: 'us-east-1', expectedBucketOwner: 'none' },
  credentials: { accessKeyId: '123456789012', secretAccessKey: 'secretsecret' },
};
const client = await createClient();
const store = await openStore(`s3://${BUCKET}/${PREFIX}`, { s3: { ...s3, client: name } });

async function createClient() {
  const connection = await connectS3(s3);
  if (name === 'sdk') {
    const { createS3SdkClient } = await import('../../dist/backends/s3-sdk.js');
    return createS3SdkClient(connection, { xxh128: hasher });
  }
  const { createS3DirectClient } = await import('../../dist/backends/s3-direct.js');
  return createS3DirectClient(connection, { xxh128: hasher });
}

const jobs = {
  /** Objects from memory, with their digests, as the upload sends them. `policies`: with retries, limits and hints. */
  async put({ count, bytes, inFlight, policies }) {
    const objects = bodies(bytes);
    const to = policies ? store.client : client;
    return measured(() =>
      inTurn(count, inFlight, (index) => {
        const { data, digest } = objects[index % BODIES];
        return to.putObject(BUCKET, keyOf(index), data, { xxh128: digest });
      }),
    );
  },
  async get({ count, bytes, inFlight, policies }) {
    const from = policies ? store.client : client;
    return measured(() =>
      inTurn(count, inFlight, async (index) => {
        const { data } = await from.getObject(BUCKET, keyOf(index));
        if (data.length !== bytes) throw new Error(`${data.length} bytes came instead of ${bytes}`);
      }),
    );
  },
  /** A file in one request. */
  putFile: ({ path }) => measured(() => client.putObjectFromFile(BUCKET, 'large/single', path)),
  /** A file in parts, through the composed store. */
  upload: ({ path, key }) => measured(() => store.client.putObjectFromFile(BUCKET, key, path)),
  /** The same by its digest, in ranges, verified, into a new file. */
  async download({ path, hash, size }) {
    const figures = await measured(() => downloadFile({ store, hash, size, target: { path } }));
    if ((await stat(path)).size !== size) throw new Error(`${path} has not ${size} bytes`);
    rmSync(path);
    return figures;
  },
};

const held = new Map();

/** Different contents with their digests. */
function bodies(bytes) {
  if (!held.has(bytes))
    held.set(
      bytes,
      Array.from({ length: BODIES }, (_, index) => bodyOf(bytes, index)),
    );
  return held.get(bytes);
}

function bodyOf(bytes, index) {
  const data = Buffer.alloc(bytes, index);
  data.writeUInt32LE(index);
  return { data, digest: hasher.oneShot(data) };
}

function keyOf(index) {
  return `${PREFIX}/Data/${index.toString(16).padStart(32, '0')}.xxh128`;
}

async function inTurn(count, inFlight, work) {
  let next = 0;
  const runner = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await work(index);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, runner));
}

async function measured(work) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}

process.on('message', async ({ job, ...request }) => {
  try {
    process.send({ figures: await jobs[job](request) });
  } catch (error) {
    process.send({ error: `${name} ${job}: ${error?.stack ?? error}` });
  }
});
process.once('disconnect', () => process.exit());
process.send({ ready: true });
