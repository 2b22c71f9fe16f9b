#!/usr/bin/env node
// From a bare clone to the first real use, without an account: submits this repository's own
// node_modules to a directory store, submits it again, downloads it elsewhere, compares.
import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installDependencies, root, step } from './lib/steps.mjs';

console.log('== Install');
installDependencies();
step('Build', process.execPath, ['scripts/build.mjs']);

const work = mkdtempSync(join(tmpdir(), 'rx-attachments-quickstart-'));
const tree = realpathSync(join(root, 'node_modules'));
const store = join(work, 'store');
const output = join(work, 'output');
const shared = ['--store', store, '--cache-dir', join(work, 'cache')];
// The format that keeps execute bits, links and empty directories; the default, v2023-03-03, is what farms read.
const format = ['--manifest-version', 'v2025-12'];
try {
  const first = command('Submit', ['submit', tree, ...format, '--json', ...shared]);
  command('Submit again, nothing changed', ['submit', tree, ...format, '--json', ...shared]);
  const manifest = join(store, 'Manifests', first.document.result.manifests[0].inputManifestPath);
  command('Download elsewhere', [
    'attachment',
    'download',
    '-m',
    manifest,
    '--destination',
    output,
    '--json',
    ...shared,
  ]);
  compare(tree, output);
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Runs the command line as a user would; shows what it did and how long it took. */
function command(title, args) {
  const startedMs = performance.now();
  console.log(`\n== ${title}\n   rx-attachments ${args.join(' ')}`);
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(root, 'dist/bin/rx-attachments.js'), ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      maxBuffer: 1 << 30,
    },
  );
  if (status !== 0) {
    console.error(`== ${title}: FAILED (exit code ${status})\n${stdout}`);
    process.exitCode = 1;
    throw new Error(title);
  }
  const document = JSON.parse(stdout);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
  const stats = document.stats?.upload ?? document.stats ?? document;
  const { total_files: files, processed_files: moved, skipped_files: skipped, total_bytes: bytes } = stats;
  console.log(
    `   ${files} files, ${(bytes / 1e6).toFixed(1)} MB: ${moved} transferred, ${skipped} already there, in ${seconds} s`,
  );
  return { document };
}

/** Every entry of the source must be there: same bytes, time to the microsecond, execute bits, link text; and nothing else. */
function compare(source, target) {
  const startedMs = performance.now();
  const wanted = entriesBelow(source);
  const found = entriesBelow(target);
  const differences = [...found.keys()]
    .filter((path) => !wanted.has(path))
    .map((path) => `${path}: not in the source`);
  let files = 0;
  let bytes = 0;
  for (const [path, original] of wanted) {
    const difference = differenceOf(original, found.get(path), join(source, path), join(target, path));
    if (difference) differences.push(`${path}: ${difference}`);
    if (!original.isFile()) continue;
    files += 1;
    bytes += Number(original.size);
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
  const others = wanted.size - files;
  console.log('\n== Compare every byte, time and mode');
  console.log(
    `   ${files} files with ${(bytes / 1e6).toFixed(1)} MB, ${others} directories and links, in ${seconds} s`,
  );
  if (differences.length > 0) {
    console.error(`== ${differences.length} differences:\n${differences.slice(0, 20).join('\n')}`);
    process.exitCode = 1;
    return;
  }
  console.log('== everything is identical');
}

function differenceOf(original, copy, source, target) {
  if (!copy) return 'missing';
  if (original.isSymbolicLink() !== copy.isSymbolicLink() || original.isDirectory() !== copy.isDirectory())
    return 'another kind';
  if (original.isSymbolicLink())
    return readlinkSync(source) === readlinkSync(target) ? '' : 'another link text';
  if (original.isDirectory()) return '';
  if (!readFileSync(source).equals(readFileSync(target))) return 'other bytes';
  if (original.mtimeNs / 1000n !== copy.mtimeNs / 1000n) return 'another time';
  return (original.mode & 0o111n) === 0n || (copy.mode & 0o111n) !== 0n ? '' : 'not executable any more';
}

/** Files, directories and links below a directory, by path. */
function entriesBelow(directory, prefix = '', into = new Map()) {
  for (const name of readdirSync(join(directory, prefix))) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    const stat = lstatSync(join(directory, path), { bigint: true });
    into.set(path, stat);
    if (stat.isDirectory()) entriesBelow(directory, path, into);
  }
  return into;
}
