/** The packed package, installed into an empty project: command, imports of every entry, types. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
let project: string;

const run = (command: string, args: readonly string[], cwd = project): string =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'installed-'));
  const packed = run(
    'npm',
    ['pack', '--ignore-scripts', '--pack-destination', project, '--json', '--loglevel=error'],
    repository,
  );
  const name = readdirSync(project).find((file) => file.endsWith('.tgz')) ?? packed;
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  run('npm', [
    'install',
    `./${name}`,
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  // Compiling them again would test those packages, not this one.
  for (const native of ['better-sqlite3', 'xxhash-addon']) {
    cpSync(join(repository, 'node_modules', native), join(project, 'node_modules', native), {
      recursive: true,
    });
  }
}, 240_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

it('holds what it needs and nothing else', () => {
  const root = join(project, 'node_modules/rx-attachments');
  expect(readdirSync(root).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'NOTICE',
    'README.md',
    'dist',
    'docs',
    'package.json',
  ]);
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  expect(run('npx', ['--no-install', 'rx-attachments', '--version']).trim()).toBe(version);
});

it('submits and downloads by its command', () => {
  mkdirSync(join(project, 'tree'));
  writeFileSync(join(project, 'tree/a.txt'), 'content');
  const shared = ['--store', 'store', '--cache-dir', join(project, 'cache'), '--json'];
  const { result } = JSON.parse(
    run('npx', ['--no-install', 'rx-attachments', 'submit', 'tree', ...shared]),
  ) as {
    result: { manifests: { inputManifestPath: string }[] };
  };
  const manifest = join('store/Manifests', result.manifests[0]?.inputManifestPath ?? '');
  run('npx', [
    '--no-install',
    'rx-attachments',
    'attachment',
    'download',
    '-m',
    manifest,
    '--destination',
    'out',
    ...shared,
  ]);
  expect(readFileSync(join(project, 'out/a.txt'), 'utf8')).toBe('content');
});

it('submits into a directory without the AWS SDK', () => {
  const scopes = ['@aws-sdk', '@smithy'].map((scope) => join(project, 'node_modules', scope));
  for (const scope of scopes) renameSync(scope, `${scope}-away`);
  try {
    const flags = ['--store', 'store-2', '--no-cache', '--json', '--quiet'];
    const printed = run('npx', ['--no-install', 'rx-attachments', 'submit', 'tree', ...flags]);
    expect(JSON.parse(printed)).toMatchObject({ status: 'ok' });
  } finally {
    for (const scope of scopes) renameSync(`${scope}-away`, scope);
  }
});

it('can be imported by every entry', () => {
  const { exports } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as {
    exports: Record<string, unknown>;
  };
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith('.json'));
  expect(entries).toContain('./testing');
  for (const entry of entries) {
    const name = join('rx-attachments', entry);
    const count = run('node', [
      '--input-type=module',
      '-e',
      `console.log(Object.keys(await import('${name}')).length)`,
    ]);
    expect(Number(count), name).toBeGreaterThan(0);
  }
});

it('has types that a strict project compiles', () => {
  const lines = [
    `import { Pipeline, openStore, submitTree, type Store, type SubmitResult } from 'rx-attachments';`,
    `import { decodeManifest, type Manifest } from 'rx-attachments/model';`,
    `import { mapLeased, type Stage } from 'rx-attachments/pipeline';`,
    `import { walkTree } from 'rx-attachments/stages';`,
    `import type { StorageClient } from 'rx-attachments/backends';`,
    `import { storageClientConformance } from 'rx-attachments/testing';`,
    `const same: Stage<string, string> = (ctx) => mapLeased<string, string>(ctx, 1, (text) => text);`,
    `export async function submit(root: string): Promise<SubmitResult> {`,
    `  const store: Store = await openStore('store');`,
    `  return submitTree({ root, store });`,
    `}`,
    `export const manifest: Manifest = decodeManifest('{}');`,
    `export const used = [Pipeline.from(walkTree('/')), same, storageClientConformance().length] as const;`,
    `export type Client = StorageClient;`,
    `// @ts-expect-error a root is a text`,
    `void submit(1);`,
  ];
  writeFileSync(join(project, 'use.ts'), `${lines.join('\n')}\n`);
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    noEmit: true,
    types: ['node'],
    exactOptionalPropertyTypes: true,
    typeRoots: [join(repository, 'node_modules/@types')],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
  expect(run('node', [join(repository, 'node_modules/typescript/bin/tsc'), '-p', '.'])).toBe('');
});
