/**
 * Walking a tree and looking its files up in the hash cache: `manifest snapshot`, cold (no cache yet) and warm, beside
 * `find -printf`, which makes one `lstat` per file as well, and beside the Python library's `manifest snapshot`, whose
 * figures are of one run each (the cold one takes minutes). All are whole processes over the same files, which are in
 * the page cache throughout, and every snapshot must list every file.
 *
 *     npm run bench -- walk [--directory DIR] [--files 200000] [--rounds 3] [--no-python]
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measure, median, ratios, table } from './lib/measure.mjs';
import { neededPeer } from './lib/servers.mjs';
import { smallFiles } from './lib/trees.mjs';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    directory: { type: 'string', default: tmpdir() },
    files: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '3' },
    python: { type: 'boolean', default: true },
  },
});
/** Files younger than this at the time of their hashing are in no cache. */
const SETTLED_MS = 3_000;
const [files, rounds] = [Number(values.files), Number(values.rounds)];
const work = mkdtempSync(join(values.directory, 'bench-walk-'));
const tree = join(work, 'tree');
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

try {
  smallFiles(tree, files, 1, 64);
  await sleep(SETTLED_MS);
  report(runs(), values.python ? runsOfPython() : undefined);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Every round begins with caches of its own; the first `find` is not counted. */
function runs() {
  const found = { find: [], cold: [], warm: [] };
  measure('find', [tree, '-printf', '%p %s %T@\n']);
  for (let round = 0; round < rounds; round += 1) {
    const home = join(work, `home-${round}`);
    found.find.push(measure('find', [tree, '-printf', '%p %s %T@\n']));
    found.cold.push(ours(home));
    found.warm.push(ours(home));
    rmSync(home, { recursive: true });
  }
  return { find: median(found.find), cold: median(found.cold), warm: median(found.warm) };
}

function runsOfPython() {
  const home = join(work, 'home-python');
  return { cold: python(home), warm: python(home) };
}

function ours(home) {
  const args = [cli, 'manifest', 'snapshot', '--cache-dir', home, '--progress', 'none'];
  return snapshot(process.execPath, args, home, {});
}

/** It keeps its cache below the home directory and tells nobody of the run. */
function python(home) {
  const env = { HOME: home, DEADLINE_CLOUD_TELEMETRY_OPT_OUT: 'true' };
  return snapshot(neededPeer('python'), ['-m', 'deadline', 'manifest', 'snapshot'], home, env);
}

function snapshot(command, args, home, env) {
  const destination = join(home, 'manifests');
  mkdirSync(destination, { recursive: true });
  const places = ['--root', tree, '--destination', destination, '--json'];
  const figures = measure(command, [...args, ...places], env);
  const [name, ...more] = readdirSync(destination);
  const { paths } = JSON.parse(readFileSync(join(destination, name), 'utf8'));
  if (more.length > 0 || paths.length !== files) throw new Error(`${name} lists ${paths.length} files`);
  rmSync(destination, { recursive: true });
  return figures;
}

function report(found, theirs) {
  const of = `median of ${rounds}${theirs ? '; Python: one run' : ''}`;
  table(
    `${files} files, walked and looked up (${of})`,
    [
      { name: 'find -printf', ...found.find },
      { name: 'rx-attachments manifest snapshot, cold', ...found.cold },
      ...(theirs ? [{ name: 'Python: manifest snapshot, cold', ...theirs.cold }] : []),
      { name: 'rx-attachments manifest snapshot, warm', ...found.warm },
      ...(theirs ? [{ name: 'Python: manifest snapshot, warm', ...theirs.warm }] : []),
    ],
    'find -printf',
  );
  ratios([
    ['cold: Python / ours', theirs?.cold.wall / found.cold.wall],
    ['warm: Python / ours', theirs?.warm.wall / found.warm.wall],
    ['warm: ours / find', found.warm.wall / found.find.wall],
    ['peak memory, warm: Python / ours', theirs?.warm.rssMb / found.warm.rssMb],
  ]);
}
