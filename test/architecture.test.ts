/** Who may import whom, and what a file may look like. A planted violation of each rule shows that it is seen. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { type Import, importCycles, type Module, readModules } from './support/imports.js';

/** Where a rule's file may look. Entries ending in `/` or `:` are prefixes, others are exact. */
interface Rule {
  /** A folder, or the beginning of file names in one; the longest that matches a file is its rule. */
  readonly where: string;
  readonly may: readonly string[];
  /** May be imported with `import type` only. */
  readonly types?: readonly string[];
  /** Of its own folder: `all`, or only `helpers`, which use nothing of the pipeline and so are no stages. */
  readonly own: 'all' | 'helpers';
}

const PORTS = ['backends/storage-client', 'caches/ports', 'hashing/ports'];
const BACKEND = [
  'backends/',
  'model/',
  ...['errors', 'retry', 'budget', 'clock', 'types', 'options', 'on-abort'].map((name) => `pipeline/${name}`),
  'node:',
];
/** How the SDK is told which sockets to use. */
const HTTP = ['@smithy/node-http-handler', 'proxy-agent'];
/** How AWS is reached is the same for the store and for the service: keys, certificates, proxies, what may be logged. */
const AWS = [
  ...['certificates', 'configured-endpoint', 'credentials', 'failure', 'hints', 'key-providers'],
  ...['plain-agents', 'proxies', 'redact', 'sdk-logger', 'settings', 'transport-kinds', 'user-agent'],
].map((name) => `backends/s3/${name}`);
const SERVICE = [
  ...['model/', 'node:', '@aws-sdk/client-deadline', ...AWS],
  ...['errors', 'retry', 'clock', 'types'].map((name) => `pipeline/${name}`),
];
const SERVICE_FACE = ['deadline-api', 'aws-deadline', 'queue-role', 'errors'].map(
  (name) => `deadline/${name}`,
);
const ENGINE = ['model/', 'pipeline/', 'sources/', 'stages/', 'sinks/', 'backends/', 'caches/', 'hashing/'];

const RULES: readonly Rule[] = [
  { where: 'model/', may: [], own: 'all' },
  { where: 'pipeline/', may: ['rxjs', 'node:events'], own: 'all' },
  { where: 'sources/', may: ['pipeline/', 'model/', 'fast-glob', 'node:'], types: PORTS, own: 'all' },
  { where: 'stages/', may: ['pipeline/', 'model/', 'rxjs'], types: PORTS, own: 'helpers' },
  {
    where: 'sinks/',
    may: ['pipeline/', 'model/', 'backends/make-directories', 'rxjs', 'node:'],
    types: PORTS,
    own: 'all',
  },
  { where: 'backends/', may: BACKEND, own: 'all' },
  {
    where: 'backends/s3/',
    may: [
      ...BACKEND,
      ...['client-s3', 'client-sts', 'credential-providers'].map((name) => `@aws-sdk/${name}`),
      ...HTTP,
      '@smithy/core/config',
    ],
    own: 'all',
  },
  {
    where: 'backends/s3-sdk',
    may: [...BACKEND, '@aws-sdk/client-s3', '@aws-sdk/lib-storage', ...HTTP],
    own: 'all',
  },
  { where: 'backends/s3-direct', may: [...BACKEND, 'undici', 'fast-xml-parser'], own: 'all' },
  { where: 'caches/', may: ['model/', 'better-sqlite3', 'node:'], own: 'all' },
  {
    where: 'hashing/',
    may: ['model/', 'pipeline/errors', 'piscina', 'xxhash-addon', 'hash-wasm', 'node:'],
    own: 'all',
  },
  { where: 'deadline/', may: SERVICE, own: 'all' },
  { where: 'presets/', may: [...ENGINE, ...SERVICE_FACE, 'rxjs', 'node:'], own: 'all' },
  { where: 'presets/bundle/yaml', may: ['model/', 'yaml'], own: 'all' },
  { where: 'cli/', may: ['index', 'commander', 'cli-progress', 'yazl', 'node:'], own: 'all' },
  { where: 'index.ts', may: [...ENGINE, ...SERVICE_FACE, 'presets/'], own: 'all' },
  { where: 'testing.ts', may: [...ENGINE, 'presets/'], own: 'all' },
  { where: 'stages/index.ts', may: ['sources/', 'stages/', 'sinks/'], own: 'all' },
];

/** The entries of the package; nowhere else may a file only re-export. */
const BARRELS = [
  'index.ts',
  'testing.ts',
  ...['model', 'pipeline', 'stages', 'backends'].map((name) => `${name}/index.ts`),
];
const MAX_LINES = 300;

function violations(modules: readonly Module[]): string[] {
  return [
    ...modules.flatMap((module) => [...badImports(module, modules), ...badShape(module)]),
    ...importCycles(modules).map((cycle) => `cycle: ${cycle}`),
  ];
}

function badImports(module: Module, modules: readonly Module[]): string[] {
  const rule = RULES.filter(({ where }) => module.file.startsWith(where)).sort(
    (a, b) => b.where.length - a.where.length,
  )[0];
  if (!rule) return [`${module.file}: no rule for its folder`];
  return module.imports
    .filter((one) => !isOwn(module.file, rule.own, one.target, modules) && !mayImport(rule, one))
    .map((one) => `${module.file}: may not import ${one.typeOnly ? 'types of ' : ''}${one.specifier}`);
}

function mayImport({ may, types = [] }: Rule, { target, specifier, typeOnly }: Import): boolean {
  const name = target ?? specifier;
  return [...may, ...(typeOnly ? types : [])].some((entry) =>
    /[/:]$/.test(entry) ? name.startsWith(entry) : name === entry,
  );
}

function isOwn(
  file: string,
  own: Rule['own'],
  target: string | undefined,
  modules: readonly Module[],
): boolean {
  const folder = file.split('/').slice(0, -1)[0];
  if (folder === undefined || !target?.startsWith(`${folder}/`)) return false;
  return own === 'all' || modules.some((other) => other.file === `${target}.ts` && isHelper(other));
}

function isHelper({ imports }: Module): boolean {
  return !imports.some(({ target, specifier }) => target?.startsWith('pipeline/') || specifier === 'rxjs');
}

function badShape({ file, text }: Module): string[] {
  const lines = text.split('\n').length - 1;
  const barrel = /^export\s+\*/m.test(text) || isOnlyReExports(text) || /(?:^|\/)index\.ts$/.test(file);
  return [
    ...(lines > MAX_LINES && !BARRELS.includes(file)
      ? [`${file}: ${lines} lines are more than ${MAX_LINES}`]
      : []),
    ...(/^export\s+default\b|^export\s*\{[^}]*\bas\s+default\b/m.test(text)
      ? [`${file}: default export`]
      : []),
    ...(barrel && !BARRELS.includes(file) ? [`${file}: only an entry of the package may be a barrel`] : []),
  ];
}

function isOnlyReExports(text: string): boolean {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const rest = code.replace(/^export\s+(?:type\s+)?\{[^}]*\}\s*from\s*'[^']*';?/gm, '');
  return rest !== code && rest.trim() === '';
}

it('src keeps the rules', () => {
  const modules = readModules(fileURLToPath(new URL('../src/', import.meta.url)));
  expect(modules.length).toBeGreaterThan(20);
  expect(violations(modules)).toEqual([]);
});

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function planted(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'architecture-'));
  folders.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return violations(readModules(root));
}

const one = 'export const one = 1;\n';
it.each<[string, Record<string, string>, string]>([
  [
    'model is pure',
    { 'model/a.ts': "import { join } from 'node:path';\n" },
    'model/a.ts: may not import node:path',
  ],
  [
    'model without rxjs',
    { 'model/a.ts': "import type { Observable } from 'rxjs';\n" },
    'model/a.ts: may not import types of rxjs',
  ],
  [
    'pipeline knows no model',
    { 'pipeline/a.ts': "import { one } from '../model/b.js';\n", 'model/b.ts': one },
    'pipeline/a.ts: may not import ../model/b.js',
  ],
  [
    'pipeline without files',
    { 'pipeline/a.ts': "import { open } from 'node:fs';\n" },
    'pipeline/a.ts: may not import node:fs',
  ],
  [
    'sources take port types only',
    { 'sources/a.ts': "import { one } from '../caches/ports.js';\n", 'caches/ports.ts': one },
    'sources/a.ts: may not import ../caches/ports.js',
  ],
  [
    'stages take no SDK',
    { 'stages/a.ts': "import {\n  S3Client,\n} from '@aws-sdk/client-s3';\n" },
    'stages/a.ts: may not import @aws-sdk/client-s3',
  ],
  ['stages do no I/O', { 'stages/a.ts': "import 'node:fs';\n" }, 'stages/a.ts: may not import node:fs'],
  [
    'stages take no stage',
    { 'stages/a.ts': "import type { B } from './b.js';\n", 'stages/b.ts': "import { map } from 'rxjs';\n" },
    'stages/a.ts: may not import types of ./b.js',
  ],
  [
    'sinks take no backend',
    { 'sinks/a.ts': "const s3 = await import('../backends/s3-sdk.js');\n", 'backends/s3-sdk.ts': one },
    'sinks/a.ts: may not import ../backends/s3-sdk.js',
  ],
  [
    'backends take their own SDK',
    { 'backends/memory.ts': "import { Upload } from '@aws-sdk/lib-storage';\n" },
    'backends/memory.ts: may not import @aws-sdk/lib-storage',
  ],
  [
    'backends compose nothing',
    { 'backends/memory.ts': "import { one } from '../pipeline/admit.js';\n", 'pipeline/admit.ts': one },
    'backends/memory.ts: may not import ../pipeline/admit.js',
  ],
  [
    'caches',
    { 'caches/a.ts': "import { Piscina } from 'piscina';\n" },
    'caches/a.ts: may not import piscina',
  ],
  [
    'hashing',
    { 'hashing/a.ts': "import { one } from '../caches/b.js';\n", 'caches/b.ts': one },
    'hashing/a.ts: may not import ../caches/b.js',
  ],
  [
    'the service knows no store',
    { 'deadline/a.ts': "import { one } from '../backends/memory.js';\n", 'backends/memory.ts': one },
    'deadline/a.ts: may not import ../backends/memory.js',
  ],
  [
    'presets ask the port of the service',
    { 'presets/a.ts': "const sdk = await import('@aws-sdk/client-deadline');\n" },
    'presets/a.ts: may not import @aws-sdk/client-deadline',
  ],
  [
    'presets take the front of the service',
    { 'presets/a.ts': "import { one } from '../deadline/aws-client.js';\n", 'deadline/aws-client.ts': one },
    'presets/a.ts: may not import ../deadline/aws-client.js',
  ],
  [
    'YAML is read in one place',
    { 'presets/a.ts': "import { parseDocument } from 'yaml';\n" },
    'presets/a.ts: may not import yaml',
  ],
  [
    'presets do not know the command line',
    { 'presets/a.ts': "import { Command } from 'commander';\n" },
    'presets/a.ts: may not import commander',
  ],
  [
    'the command line uses the front door',
    { 'cli/a.ts': "import { one } from '../model/b.js';\n", 'model/b.ts': one },
    'cli/a.ts: may not import ../model/b.js',
  ],
  [
    'nothing comes from test',
    { 'presets/a.ts': "import { gate } from '../../test/support/pipeline.js';\n" },
    'presets/a.ts: may not import ../../test/support/pipeline.js',
  ],
  [
    're-exports count as imports',
    { 'model/a.ts': `export { tap } from 'rxjs';\n${one}` },
    'model/a.ts: may not import rxjs',
  ],
  ['new folders need a rule', { 'plugins/a.ts': one }, 'plugins/a.ts: no rule for its folder'],
  [
    'barrels: star',
    { 'model/a.ts': "export * from './b.js';\n", 'model/b.ts': one },
    'model/a.ts: only an entry of the package may be a barrel',
  ],
  [
    'barrels: names',
    { 'model/a.ts': "/** All. */\nexport {\n  one,\n} from './b.js';\n", 'model/b.ts': one },
    'model/a.ts: only an entry of the package may be a barrel',
  ],
  [
    'barrels: index',
    { 'caches/index.ts': one },
    'caches/index.ts: only an entry of the package may be a barrel',
  ],
  ['default exports', { 'model/a.ts': 'export default 1;\n' }, 'model/a.ts: default export'],
  [
    'default exports, renamed',
    { 'model/a.ts': 'const one = 1;\nexport { one as default };\n' },
    'model/a.ts: default export',
  ],
  ['long files', { 'model/a.ts': one.repeat(301) }, 'model/a.ts: 301 lines are more than 300'],
  [
    'cycles',
    {
      'model/a.ts': "import { b } from './b.js';\n",
      'model/b.ts': "import { c } from './c.js';\n",
      'model/c.ts': "import type { A } from './a.js';\n",
    },
    'cycle: model/a -> model/b -> model/c -> model/a',
  ],
])('sees a violation: %s', (_rule, files, expected) => {
  expect(planted(files)).toEqual([expected]);
});

it('lets everything pass that the rules allow', () => {
  const files = {
    'model/a.ts': `${one.repeat(300)}`,
    'model/index.ts': "export { one } from './a.js';\n",
    'index.ts': "export { one } from './model/a.js';\nexport { two } from './presets/b.js';\n",
    'presets/b.ts': "import { one } from '../stages/c.js';\nimport fs from 'node:fs';\n",
    'presets/bundle/yaml.ts': "import { parseDocument } from 'yaml';\n",
    'presets/d.ts': "import { one } from '../deadline/aws-deadline.js';\n",
    'deadline/aws-deadline.ts':
      "import { S } from '@aws-sdk/client-deadline';\nimport { redact } from '../backends/s3/redact.js';\n",
    'backends/s3/redact.ts': one,
    'stages/c.ts':
      "import type {\n  StorageClient,\n} from '../backends/storage-client.js';\nimport { type A, type B } from '../caches/ports.js';\nimport { one } from './c/helper.js';\nimport { map } from 'rxjs';\n",
    'stages/c/helper.ts': "import { one } from '../../model/a.js';\nimport { two } from './other.js';\n",
    'stages/c/other.ts':
      "// import { never } from 'commander';\n/*\n * import('commander')\n */\nconst url = 'https://example.com';\n",
    'backends/storage-client.ts': "import type { one } from '../model/a.js';\n",
    'backends/s3-sdk/put.ts':
      "import { S3Client } from '@aws-sdk/client-s3';\nimport { errors } from '../../pipeline/errors.js';\n",
    'caches/ports.ts': one,
    'pipeline/errors.ts': "import { setMaxListeners } from 'node:events';\n",
    'cli/main.ts': "import { one } from '../index.js';\nimport { run } from './run.js';\n",
    'cli/run.ts': "import { Command } from 'commander';\n",
  };
  expect(planted(files)).toEqual([]);
});
