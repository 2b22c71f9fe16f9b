/**
 * Keeps test/fixtures, the copy of the golden data that a clone carries, equal to
 * ../shared/fixtures. With `--check` it changes nothing and exits 1 where they differ.
 * Without ../shared there is nothing to compare with and it exits 0.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const source = resolve(project, '../shared/fixtures');
const copy = join(project, 'test/fixtures');

/** Files below `root`, relative to it. */
function filesBelow(root) {
  if (!existsSync(root)) return [];
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function isEqual(a, b) {
  if (!existsSync(b) || statSync(a).size !== statSync(b).size) return false;
  return readFileSync(a).equals(readFileSync(b));
}

function differences() {
  const wanted = filesBelow(source);
  return {
    stale: wanted.filter((file) => !isEqual(join(source, file), join(copy, file))),
    gone: filesBelow(copy).filter((file) => !wanted.includes(file)),
  };
}

function sync({ stale, gone }) {
  for (const file of gone) rmSync(join(copy, file));
  for (const file of stale) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(source, file), join(copy, file));
  }
}

if (existsSync(source)) {
  const found = differences();
  const changes = [
    ...found.stale.map((file) => `stale ${file}`),
    ...found.gone.map((file) => `gone ${file}`),
  ];
  if (process.argv.includes('--check')) {
    for (const change of changes) console.error(change);
    process.exitCode = changes.length > 0 ? 1 : 0;
  } else {
    sync(found);
    console.log(`test/fixtures: ${found.stale.length} files copied, ${found.gone.length} removed`);
  }
} else {
  console.log('../shared/fixtures is not here: test/fixtures stays as it is');
}
