/**
 * The whole job against S3, as whole processes side by side: this project's CLI, `s5cmd cp` and the Python library,
 * all with null-s3, which keeps objects in memory, so that the client is what is measured. Every cold submit meets a
 * server and caches that are empty. The Python library's figures are of one run.
 *
 *     npm run bench -- s3-job [--directory DIR] [--small 20000] [--large-mb 512] [--rounds 3] [--no-python] [--s3-client direct|sdk]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, ratios, table } from './lib/measure.mjs';
import { neededPeer, startNullS3 } from './lib/servers.mjs';
import { largeFiles, smallFiles } from './lib/trees.mjs';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    directory: { type: 'string', default: tmpdir() },
    small: { type: 'string', default: '20000' },
    'large-mb': { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'boolean', default: true },
    's3-client': { type: 'string', default: 'direct' },
  },
});
const [BUCKET, PREFIX] = ['bucket', 'DeadlineCloud'];
const work = mkdtempSync(join(values.directory, 'bench-s3-job-'));
const cli = fileURLToPath(new URL('../dist/bin/rx-attachments.js', import.meta.url));
const pythonJob = fileURLToPath(new URL('lib/python_job.py', import.meta.url));
const rounds = Number(values.rounds);

try {
  await small(Number(values.small));
  await large(Number(values['large-mb']));
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function small(count) {
  if (count === 0) return;
  const tree = join(work, 'small');
  smallFiles(tree, count, 1024, 32 * 1024);
  const runs = await job(`${count} files of 1 to 32 KiB`, tree);
  ratios([
    ['submit, cold: Python / ours', runs.python?.cold.wall / runs.ours.cold.wall, 25],
    ['submit, cold: s5cmd up / ours', runs.s5cmd.up.wall / runs.ours.cold.wall, 2],
    ['submit, cold: s5cmd up / ours, in CPU time', runs.s5cmd.up.cpu / runs.ours.cold.cpu],
    ['submit, warm: Python / ours', runs.python?.warm.wall / runs.ours.warm.wall, 15],
    ['download: Python / ours', runs.python?.down.wall / runs.ours.down.wall],
    ['download: s5cmd down / ours', runs.s5cmd.down.wall / runs.ours.down.wall],
  ]);
  rmSync(tree, { recursive: true });
}

async function large(megabytes) {
  if (megabytes === 0) return;
  const tree = join(work, 'large');
  largeFiles(tree, 4, megabytes * 1024 * 1024);
  const runs = await job(`4 files of ${megabytes} MiB`, tree, true);
  ratios([
    ['submit, cold: Python / ours', runs.python?.cold.wall / runs.ours.cold.wall],
    ['submit, cold: s5cmd up / ours', runs.s5cmd.up.wall / runs.ours.cold.wall],
    ['download: Python / ours', runs.python?.down.wall / runs.ours.down.wall],
    ['download: s5cmd down / ours', runs.s5cmd.down.wall / runs.ours.down.wall],
  ]);
}

/** The rounds of all clients interleaved, and the table of their medians. */
async function job(title, tree, large = false) {
  const ours = [];
  const s5cmd = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await withServer((server, place) => ourJob(server, place, tree), large));
    s5cmd.push(await withServer((server, place) => s5cmdJob(server, place, tree), large));
  }
  const python = values.python
    ? await withServer((server, place) => pythonRun(server, place, tree), large)
    : undefined;
  const runs = { ours: medians(ours), s5cmd: medians(s5cmd), python };
  table(
    `${title} (median of ${rounds}${python ? '; Python: one run' : ''})`,
    [
      { name: 'rx-attachments submit, cold', ...runs.ours.cold },
      { name: 's5cmd cp, up', ...runs.s5cmd.up },
      ...(python ? [{ name: 'Python: hash and upload, cold', ...python.cold }] : []),
      { name: 'rx-attachments submit, warm', ...runs.ours.warm },
      ...(python ? [{ name: 'Python: hash and upload, warm', ...python.warm }] : []),
      { name: 'rx-attachments attachment download', ...runs.ours.down },
      { name: 's5cmd cp, down', ...runs.s5cmd.down },
      ...(python ? [{ name: 'Python: download', ...python.down }] : []),
    ],
    'rx-attachments submit, cold',
  );
  console.log(`requests of a cold submit: ${ours[0].requests}`);
  return runs;
}

/**
 * A server of its own, and a directory that stays until the end unless it is `large`: where many files were deleted,
 * ext4 takes up to 1 ms to make one for minutes.
 */
async function withServer(body, large) {
  const server = await startNullS3({ keep: true });
  execFileSync('sync'); // what was written before is not to be written back under this client's steps
  const place = mkdtempSync(join(work, 'run-'));
  try {
    return await body(server, (name) => join(place, name));
  } finally {
    await server.stop();
    if (large) rmSync(place, { recursive: true, force: true });
  }
}

async function ourJob(server, place, tree) {
  const submit = () => ours(server, place, ['submit', tree]);
  const cold = submit();
  const requests = await server.stats();
  const warm = submit();
  const manifest = place('manifest');
  writeFileSync(manifest, await storedManifest(server));
  const down = ours(server, place, [
    ...['attachment', 'download', '-m', manifest, '--destination', place('output')],
  ]);
  return { cold, warm, down, requests: JSON.stringify(requests) };
}

function ours({ env }, place, args) {
  const common = ['--store', `s3://${BUCKET}/${PREFIX}`, '--cache-dir', place('cache')];
  const quiet = ['--s3-client', values['s3-client'], '--json', '--progress', 'none'];
  return measure(process.execPath, [cli, ...args, ...common, ...quiet], env);
}

/** The manifest that a submit stored; null-s3 asks for no signature. */
async function storedManifest({ endpoint }) {
  const query = `list-type=2&prefix=${encodeURIComponent(`${PREFIX}/Manifests/`)}`;
  const listing = await (await fetch(`${endpoint}/${BUCKET}?${query}`)).text();
  const key = /<Key>([^<]+_input)<\/Key>/.exec(listing)?.[1];
  if (!key) throw new Error(`no manifest was stored: ${listing}`);
  return (await fetch(`${endpoint}/${BUCKET}/${key}`)).text();
}

async function s5cmdJob({ env }, place, tree) {
  const s5cmd = neededPeer('s5cmd');
  const remote = `s3://${BUCKET}/tree/`;
  const up = measure(s5cmd, ['--log', 'error', 'cp', `${tree}/`, remote], env);
  const target = place('output');
  mkdirSync(target);
  const down = measure(s5cmd, ['--log', 'error', 'cp', `${remote}*`, `${target}/`], env);
  return { up, down };
}

async function pythonRun({ env }, place, tree) {
  const python = neededPeer('python');
  const submit = (manifests) => {
    const args = [place('cache'), BUCKET, PREFIX, manifests];
    return measure(python, [pythonJob, 'submit', tree, ...args], env);
  };
  const manifests = place('manifests');
  mkdirSync(manifests);
  const cold = submit(manifests);
  const warm = submit(manifests);
  const folder = join(manifests, 'manifests');
  const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('_input'));
  const args = [join(folder, name), place('output'), BUCKET, PREFIX];
  return { cold, warm, down: measure(python, [pythonJob, 'download', ...args], env) };
}

/** Of every step its own median. */
function medians(runs) {
  const steps = Object.keys(runs[0]).filter((step) => typeof runs[0][step] === 'object');
  return Object.fromEntries(steps.map((step) => [step, median(runs.map((run) => run[step]))]));
}
