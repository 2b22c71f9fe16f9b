/**
 * The main job as whole processes, side by side with `cp -r` plus `xxh128sum` of the same tree, and a warm
 * resubmit of many files beside `find -printf`. Needs python3 and xxh128sum (Debian package xxhash).
 *
 *     npm run bench -- main-job [--directory DIR] [--small 20000] [--warm 200000] [--large-mb 512] [--rounds 3]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, table } from './lib/measure.mjs';
import { largeFiles, smallFiles } from './lib/trees.mjs';

const { values } = parseArgs({
  options: {
    directory: { type: 'string', default: tmpdir() },
    small: { type: 'string', default: '20000' },
    warm: { type: 'string', default: '200000' },
    'large-mb': { type: 'string', default: '512' },
    rounds: { type: 'string', default: '3' },
  },
});
const work = mkdtempSync(join(values.directory, 'bench-main-job-'));
const cli = fileURLToPath(new URL('../dist/bin/rx-attachments.js', import.meta.url));
const rounds = Number(values.rounds);

try {
  small(Number(values.small));
  large(Number(values['large-mb']));
  warm(Number(values.warm));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/**
 * Cold submit, warm submit and download beside cp and xxh128sum; every round starts from nothing. What a round made
 * stays until the end unless it is `large`: where many files were deleted, ext4 takes up to 1 ms to make one for minutes.
 */
function job(title, tree, large = false) {
  const runs = { copy: [], sum: [], cold: [], warm: [], download: [] };
  for (let round = 0; round < rounds; round += 1) {
    const at = (name) => join(work, `${large ? 'large' : 'small'}-${name}-${round}`);
    runs.copy.push(measure('cp', ['-r', tree, at('copy')]));
    runs.sum.push(measure('sh', ['-c', 'find "$1" -type f -print0 | xargs -0 xxh128sum', 'sh', tree]));
    runs.cold.push(submit(tree, at('store'), at('cache')));
    runs.warm.push(submit(tree, at('store'), at('cache')));
    runs.download.push(download(at('store'), at('output')));
    if (large)
      for (const name of ['copy', 'store', 'output', 'cache'])
        rmSync(at(name), { recursive: true, force: true });
  }
  const [copy, sum] = [median(runs.copy), median(runs.sum)];
  const both = {
    wall: copy.wall + sum.wall,
    cpu: copy.cpu + sum.cpu,
    rssMb: Math.max(copy.rssMb, sum.rssMb),
  };
  table(
    `${title} (median of ${rounds})`,
    [
      { name: 'cp -r + xxh128sum', ...both },
      { name: 'submit, cold', ...median(runs.cold) },
      { name: 'submit, warm', ...median(runs.warm) },
      { name: 'attachment download', ...median(runs.download) },
    ],
    'cp -r + xxh128sum',
  );
}

function small(count) {
  const tree = join(work, 'small');
  smallFiles(tree, count, 1024, 32 * 1024);
  job(`${count} files of 1 to 32 KiB`, tree);
}

function large(megabytes) {
  const tree = join(work, 'large');
  largeFiles(tree, 4, megabytes * 1024 * 1024);
  job(`4 files of ${megabytes} MiB`, tree, true);
  rmSync(tree, { recursive: true });
}

/** Resubmits of an unchanged tree of many tiny files. */
function warm(count) {
  const tree = join(work, 'many');
  smallFiles(tree, count, 1, 64);
  const [store, cache] = [join(work, 'many-store'), join(work, 'many-cache')];
  const cold = submit(tree, store, cache);
  const runs = { find: [], submit: [] };
  execFileSync('sync'); // what the first submit wrote is not to be written back under the resubmits
  for (let round = 0; round < rounds; round += 1) {
    runs.find.push(measure('find', [tree, '-printf', '%p %s %T@\n']));
    runs.submit.push(submit(tree, store, cache));
  }
  table(
    `${count} files, unchanged (median of ${rounds})`,
    [
      { name: 'find -printf', ...median(runs.find) },
      { name: 'submit, cold', ...cold },
      { name: 'submit, warm', ...median(runs.submit) },
    ],
    'find -printf',
  );
}

function submit(tree, store, cache) {
  return measure(process.execPath, [
    cli,
    'submit',
    tree,
    '--store',
    store,
    '--cache-dir',
    cache,
    '--json',
    '--progress',
    'none',
  ]);
}

function download(store, output) {
  const found = measureOutput('find', [join(store, 'Manifests'), '-name', '*_input']);
  const manifest = found.trim().split('\n')[0];
  return measure(process.execPath, [
    cli,
    'attachment',
    'download',
    '-m',
    manifest,
    '--store',
    store,
    '--destination',
    output,
    '--no-cache',
    '--json',
    '--progress',
    'none',
  ]);
}

function measureOutput(command, args) {
  const file = join(work, 'listing');
  measure('sh', ['-c', 'out="$1"; shift; exec "$@" > "$out"', 'sh', file, command, ...args]);
  return readFileSync(file, 'utf8');
}
