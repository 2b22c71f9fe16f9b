/**
 * Prints how fast the SQLite caches are: rows written, warm lookups of both caches at once.
 *
 *     npm run bench -- caches [directory]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckCache } from '../dist/caches/sqlite-check-cache.js';
import { openHashCache } from '../dist/caches/sqlite-hash-cache.js';

const ROWS = 200_000;
const PER_CALL = 500;
const IN_FLIGHT = 8;
const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-caches-'));
const options = {
  dir,
  warn: console.error,
};
const records = Array.from({ length: ROWS }, (_, i) => ({
  path: `/home/artist/project/shots/shot_${i >> 8}/render/frame_${i}.exr`,
  rangeStart: 0,
  rangeEnd: -1,
  size: 1e3 + i,
  mtimeNs: 1700000000123456789n + BigInt(i),
  ctimeNs: 1700000000123456789n,
  hash: i.toString(16).padStart(32, '0'),
  startedNs: 1800000000000000000n,
}));
const keys = records.map(({ hash }) => `amzn-s3-demo-bucket/DeadlineCloud/Data/${hash}.xxh128`);
async function main() {
  await timed('write both', async () => {
    const [hashes, checks] = [openHashCache(options), openCheckCache(options)];
    hashes.store(records);
    checks.store(keys);
    await Promise.all([hashes.close(), checks.close()]);
  });
  for (const name of ['first', 'second']) {
    await timed(`${name} run: open, look up both at once, close`, async () => {
      const [hashes, checks] = [openHashCache(options), openCheckCache(options)];
      await Promise.all([inCalls(records, hashes.lookup), inCalls(keys, checks.lookup)]);
      await Promise.all([hashes.close(), checks.close()]);
    });
  }
  const hashes = openHashCache(options);
  await timed('hash cache alone', () => inCalls(records, hashes.lookup));
  await hashes.close();
  const checks = openCheckCache(options);
  await timed('check cache alone', () => inCalls(keys, checks.lookup));
  await checks.close();
}
/** As a pipeline asks: some calls outstanding, each for one batch. */
async function inCalls(items, lookup) {
  let at = 0;
  let missed = 0;
  const runner = async () => {
    while (at < items.length) {
      const batch = items.slice(at, at + PER_CALL);
      at += PER_CALL;
      for (const answer of await lookup(batch)) if (answer === undefined || answer === false) missed += 1;
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, runner));
  if (missed > 0) console.log(`${missed} missed`);
}
async function timed(label, work) {
  const start = performance.now();
  const loop = performance.eventLoopUtilization();
  const cpu = process.cpuUsage();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const { active } = performance.eventLoopUtilization(loop);
  const all = ((user + system) / 1e3).toFixed(0);
  console.log(
    `${label}, ${ROWS} rows each: ${ms.toFixed(0)} ms, main thread busy ${active.toFixed(0)} ms, ${all} ms CPU`,
  );
}
try {
  await main();
} finally {
  rmSync(dir, {
    recursive: true,
    force: true,
  });
}
