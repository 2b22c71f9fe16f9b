/**
 * Prints how fast the hash pool is: many small files with their content, `lstat`, one large file.
 *
 *     npm run bench -- hashing [directory]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHashPool } from '../dist/hashing/pool.js';

const FILES = 20_000;
const PER_TASK = 128;
const LARGE_BYTES = 1024 * 1024 * 1024;
const dir = mkdtempSync(join(process.argv[2] ?? tmpdir(), 'bench-hashing-'));
async function main() {
  const paths = smallFiles();
  const large = join(dir, 'large');
  writeFileSync(large, Buffer.alloc(LARGE_BYTES, 7));
  for (const threads of [1, 2]) {
    const pool = createHashPool({
      threads,
    });
    await pool.stat([dir]);
    await timed(`${threads} thread(s): hash ${FILES} small files`, FILES, 'files', () =>
      hashAll(pool, paths, false),
    );
    await timed(`${threads} thread(s): the same with content`, FILES, 'files', () =>
      hashAll(pool, paths, true),
    );
    await timed(`${threads} thread(s): lstat`, FILES, 'files', () => pool.stat(paths));
    await timed(`${threads} thread(s): one large file`, LARGE_BYTES / 1e6, 'MB', () =>
      pool.hashFiles(
        [
          {
            path: large,
            chunkSizeBytes: -1,
            keepBody: false,
          },
        ],
        { onBytes: () => {} },
      ),
    );
    await pool.close();
  }
}
/** 1 to 32 KiB each, 500 in a directory. */
function smallFiles() {
  return Array.from({ length: FILES }, (_, i) => {
    const folder = join(dir, `d${Math.floor(i / 500)}`);
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `f${i}`);
    writeFileSync(path, Buffer.alloc(1024 + ((i * 7919) % 31744), i));
    return path;
  });
}
async function hashAll(pool, paths, keepBody) {
  const tasks = [];
  for (let at = 0; at < paths.length; at += PER_TASK) {
    const requests = paths.slice(at, at + PER_TASK).map((path) => ({
      path,
      chunkSizeBytes: -1,
      keepBody,
    }));
    tasks.push(pool.hashFiles(requests));
  }
  await Promise.all(tasks);
}
async function timed(label, amount, unit, work) {
  const start = performance.now();
  const cpu = process.cpuUsage();
  await work();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const rate = Math.round((amount / ms) * 1e3);
  console.log(
    `${label}: ${ms.toFixed(0)} ms, ${rate} ${unit}/s, ${((user + system) / 1e3).toFixed(0)} ms CPU`,
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
