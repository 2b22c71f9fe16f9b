#!/usr/bin/env node
// Compiles src/ to dist/, and puts the command and the code of its threads together in dist/bin: one file that is read
// starts in half the time of four hundred. Programs import the modules of dist/ one by one.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { piscinaInThreads, piscinaWorker, undiciClient } from './lib/bundled-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const buildInfo = `${root}node_modules/.cache/tsbuild.tsbuildinfo`;
// Load native code from where they are installed; or are large, and used by few commands.
const LEFT_OUTSIDE =
  /^(@napi-rs\/|better-sqlite3|xxhash-addon|hash-wasm|@aws-sdk\/|@smithy\/|proxy-agent|cli-progress|yaml)/;
// One file, because finding and opening a file takes Node 1 ms, and `submit` would need fifty.
// main.js stays apart: it awaits the run, and what a command imports must not wait for that.
const SHARED_BY_COMMANDS = {
  groups: [
    { name: 'start', tags: ['$initial'], test: /^(?!.*\/cli\/main\.js$)/, priority: 1 },
    { name: 'shared', minShareCount: 4 },
  ],
};

// A published package holds no file of an earlier build.
if (process.argv.includes('--clean')) rmSync(`${root}dist`, { recursive: true, force: true });
// A build state without its output would make the compiler skip what is missing.
if (!existsSync(`${root}dist/index.js`)) rmSync(buildInfo, { force: true });
const compiler = [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`];
const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' });
if (existsSync(`${root}dist/cli/main.js`)) await bundle();
process.exit(status ?? 1);

async function bundle() {
  // Apart, so that a thread loads nothing of what commands share.
  const outputs = [
    await bundled(
      { 'rx-attachments': 'dist/cli/main.js' },
      [undiciClient(root), piscinaWorker()],
      SHARED_BY_COMMANDS,
    ),
    await bundled(
      {
        'hash-worker': 'dist/hashing/hash-worker.js',
        'sqlite-thread': 'dist/caches/sqlite-thread.js',
        'piscina-worker': 'node_modules/piscina/dist/worker.js',
      },
      [piscinaInThreads(root)],
    ),
  ];
  chmodSync(`${root}dist/bin/rx-attachments.js`, 0o755);
  writeFileSync(`${root}dist/bin/THIRD-PARTY-LICENSES.txt`, licenses(outputs.flat()));
}

async function bundled(input, plugins, codeSplitting = true) {
  const { output } = await build({
    cwd: root,
    input,
    platform: 'node',
    external: LEFT_OUTSIDE,
    // What Node would take are CommonJS modules, of which the bundler can leave nothing out.
    resolve: { alias: { rxjs: `${root}node_modules/rxjs/dist/esm/index.js` } },
    plugins,
    logLevel: 'warn',
    output: {
      dir: 'dist/bin',
      format: 'esm',
      codeSplitting,
      // Names stay: they are what a stack trace of `--log-level debug` shows.
      minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    },
  });
  return output;
}

/** The licences of the packages whose code is in the bundle. */
function licenses(output) {
  const modules = output.flatMap((chunk) => chunk.moduleIds ?? []);
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []));
  return [...folders].sort().map(licenseOf).join('\n');
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8') : ''}\n`;
}
