/**
 * The S3 clients alone, in one run: requests with small objects from memory, large files up and down, and `s5cmd cp`
 * beside them. The server is null-s3, each client a process of its own; CPU is that of the client. Rounds alternate.
 *
 *     npm run bench -- s3-clients [--directory DIR] [--requests 20000] [--files 20000] [--large-mb 512] [--rounds 5]
 */
import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { xxh128 } from '../dist/hashing/xxh128.js';
import { measure, median, ratios } from './lib/measure.mjs';
import { neededPeer, startNullS3 } from './lib/servers.mjs';
import { largeFiles, smallFiles } from './lib/trees.mjs';

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: tmpdir() },
    requests: { type: 'string', default: '20000' },
    files: { type: 'string', default: '20000' },
    'large-mb': { type: 'string', default: '512' },
    rounds: { type: 'string', default: '5' },
  },
});
const OBJECT_BYTES = 16 * 1024;
const IN_FLIGHT = 64;
const work = mkdtempSync(join(values.directory, 'bench-s3-clients-'));
const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const rounds = Number(values.rounds);
const server = await startNullS3({ keep: true });
const clients = { direct: await startClient('direct'), sdk: await startClient('sdk') };

try {
  await requests(Number(values.requests));
  await manyFiles(Number(values.files));
  await largeFile(Number(values['large-mb']));
} finally {
  for (const client of Object.values(clients)) client.stop();
  await server.stop();
  rmSync(work, { recursive: true, force: true });
}

/** PUT and GET of objects from and to memory. */
async function requests(count) {
  const sides = {
    's3-direct': { client: clients.direct },
    's3-direct, all policies': { client: clients.direct, policies: true },
    's3-sdk': { client: clients.sdk },
    's3-sdk, all policies': { client: clients.sdk, policies: true },
  };
  const runs = await interleaved(sides, ({ client, policies }) => ({
    put: (part) => client.run('put', { ...sizes(count * part), policies }),
    get: (part) => client.run('get', { ...sizes(count * part), policies }),
  }));
  console.log(
    `\n${count} objects of ${OBJECT_BYTES / 1024} KiB, ${IN_FLIGHT} in flight (median of ${rounds})`,
  );
  row(['', 'PUT/s', 'CPU ms/PUT', 'GET/s', 'CPU ms/GET']);
  for (const [name, { put, get }] of Object.entries(runs)) {
    row([name, rate(count, put), each(count, put), rate(count, get), each(count, get)]);
  }
  const [direct, sdk] = [runs['s3-direct'], runs['s3-sdk']];
  ratios([
    ['PUTs per CPU second, direct / sdk', sdk.put.cpu / direct.put.cpu, 5],
    ['GETs per CPU second, direct / sdk', sdk.get.cpu / direct.get.cpu],
  ]);
}

function sizes(count) {
  return { count: Math.ceil(count), bytes: OBJECT_BYTES, inFlight: IN_FLIGHT };
}

/** The files of a directory, whole processes. */
async function manyFiles(count) {
  if (count === 0) return;
  const tree = join(work, 'files');
  smallFiles(tree, count, OBJECT_BYTES, OBJECT_BYTES);
  const direct = () => measure(process.execPath, [file('lib/put-tree.mjs'), tree, server.endpoint]);
  const s5cmd = () => s5cmdCopy(`${tree}/`, 's3://bucket/files/');
  const runs = await interleaved({ direct, s5cmd }, (run) => ({ up: run }));
  console.log(`\n${count} files of ${OBJECT_BYTES / 1024} KiB, whole processes (median of ${rounds})`);
  row(['', 'files/s', 'CPU ms/file', 'wall s', 'CPU s', 'peak MB']);
  for (const [name, { up }] of Object.entries({
    's3-direct, hashing': runs.direct,
    's5cmd cp': runs.s5cmd,
  })) {
    row([name, rate(count, up), each(count, up), up.wall.toFixed(2), up.cpu.toFixed(2), up.rssMb.toFixed(0)]);
  }
  ratios([
    ['files/s, direct / s5cmd', runs.s5cmd.up.wall / runs.direct.up.wall, 2],
    ['files per CPU second, direct / s5cmd', runs.s5cmd.up.cpu / runs.direct.up.cpu],
  ]);
  rmSync(tree, { recursive: true });
  await server.reset();
}

/** One large file: in one PUT, in parts, and back. */
async function largeFile(megabytes) {
  if (megabytes === 0) return;
  largeFiles(join(work, 'large'), 1, megabytes * 1024 * 1024);
  const path = join(work, 'large', 'large_0.bin');
  const content = readFileSync(path);
  const [hash, size] = [xxh128(content), content.length];
  const key = `DeadlineCloud/Data/${hash}.xxh128`;
  const target = join(work, 'fetched');
  const of = (client) => ({
    single: () => client.run('putFile', { path }),
    up: () => client.run('upload', { path, key }),
    down: () => client.run('download', { path: target, hash, size }),
  });
  const s5cmd = {
    up: () => s5cmdCopy(path, 's3://bucket/large/s5cmd'),
    down: () => s5cmdCopy('s3://bucket/large/s5cmd', target),
  };
  const runs = await interleaved({ direct: of(clients.direct), sdk: of(clients.sdk), s5cmd }, (side) => side);
  console.log(`\nOne file of ${megabytes} MiB (median of ${rounds})`);
  row(['', 'one PUT MB/s', 'CPU s', 'parts up MB/s', 'CPU s', 'down MB/s', 'CPU s']);
  for (const [name, { single, up, down }] of Object.entries(runs)) {
    row([
      name,
      ...[single, up, down].flatMap((run) => (run ? [rate(size / 1e6, run), run.cpu.toFixed(2)] : ['', ''])),
    ]);
  }
  ratios([
    ['up, direct / s5cmd', runs.s5cmd.up.wall / runs.direct.up.wall],
    ['down, direct / s5cmd', runs.s5cmd.down.wall / runs.direct.down.wall],
  ]);
}

function s5cmdCopy(from, to) {
  return measure(neededPeer('s5cmd'), ['--log', 'error', 'cp', from, to], server.env);
}

/** Every step of every side once per round, in turn, after a short warm-up; the medians. */
async function interleaved(sides, stepsOf) {
  const runs = Object.fromEntries(
    Object.entries(sides).map(([name, side]) => [name, { steps: stepsOf(side), figures: {} }]),
  );
  for (let round = -1; round < rounds; round += 1) {
    for (const { steps, figures } of Object.values(runs)) {
      for (const [step, run] of Object.entries(steps)) {
        const result = await run(round < 0 ? 0.25 : 1);
        figures[step] = round < 0 ? [] : [...figures[step], result];
      }
    }
  }
  return Object.fromEntries(
    Object.entries(runs).map(([name, { figures }]) => [name, mapped(figures, median)]),
  );
}

function mapped(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** A client in its own process; jobs run one at a time. */
async function startClient(name) {
  const child = fork(file('lib/s3-client-jobs.mjs'), [name, server.endpoint], {
    execArgv: [],
    env: { ...process.env, ...server.env },
  });
  const waiting = [];
  child.on('message', ({ figures, error }) => {
    const { resolve, reject } = waiting.shift();
    if (error) reject(new Error(error));
    else resolve(figures);
  });
  child.once('exit', (code) => {
    for (const { reject } of waiting) reject(new Error(`the ${name} client ended with ${code}`));
  });
  const answer = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  await answer();
  return {
    run: (job, request) => {
      const answered = answer();
      child.send({ job, ...request });
      return answered;
    },
    stop: () => child.disconnect(),
  };
}

function rate(amount, { wall }) {
  return (amount / wall).toFixed(0);
}

function each(count, { cpu }) {
  return ((cpu / count) * 1e3).toFixed(3);
}

function row(cells) {
  const [name, ...figures] = cells;
  console.log(`| ${name.padEnd(26)} | ${figures.map((figure) => figure.padStart(13)).join(' | ')} |`);
}
