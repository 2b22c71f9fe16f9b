import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { BundleError } from '../../../src/model/bundle-error.js';
import { FloatNumber } from '../../../src/model/document-value.js';
import { CancelledError } from '../../../src/pipeline/errors.js';
import { readBundle } from '../../../src/presets/bundle/read-bundle.js';
import { parseYaml } from '../../../src/presets/bundle/yaml.js';
import { asNobody, compiled } from '../../support/as-nobody.js';
import { tempDir } from '../../support/temp-dir.js';

const base = tempDir('read-bundle');
let count = 0;
let dir = '';
beforeEach(() => {
  count += 1;
  dir = join(base, String(count));
  mkdirSync(dir);
});

const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(dir, name), content);
const TEMPLATE = 'specificationVersion: jobtemplate-2023-09 # first\nname: A\nsteps: []\n';

it('reads YAML and JSON side by side; integers and floats stay apart in both', async () => {
  write('template.yaml', TEMPLATE);
  write(
    'parameter_values.json',
    '{"parameterValues": [{"name": "A", "value": 1.0}, {"name": "B", "value": 1}]}',
  );
  write('asset_references.yaml', 'assetReferences:\n  referencedPaths: [/a]\n');
  expect(await readBundle(dir)).toEqual({
    bundleDir: dir,
    templateText: TEMPLATE,
    templateType: 'YAML',
    template: { specificationVersion: 'jobtemplate-2023-09', name: 'A', steps: [] },
    parameterValues: {
      parameterValues: [
        { name: 'A', value: new FloatNumber(1) },
        { name: 'B', value: 1 },
      ],
    },
    assetReferences: { assetReferences: { referencedPaths: ['/a'] } },
  });
});

it('a relative directory is below the working directory, and errors show it as it was given', async () => {
  const wanted = readBundle(String(count), { cwd: base });
  await expect(wanted).rejects.toMatchObject({
    message: `Job bundle directory lacks a template.json or template.yaml:\n${count}`,
  });
});

it('another name: JSON stays JSON', async () => {
  write('template.json', '{"name": "A", "x": 1.0, "y": 1}');
  expect((await readBundle(dir, { name: 'é' })).templateText).toBe('{"name": "\\u00e9", "x": 1.0, "y": 1}');
});

it('another name: YAML stays YAML, with the same values', async () => {
  write('template.yaml', 'name: A\nx: 1.0\ny: 1\nz: "yes"\nscript: |\n  a\n  b\n');
  const { templateText, templateType } = await readBundle(dir, { name: 'on' });
  expect(templateType).toBe('YAML');
  expect(templateText).toBe('name: "on"\nx: 1.0\ny: 1\nz: "yes"\nscript: |\n  a\n  b\n');
  expect(parseYaml(templateText)).toMatchObject({ name: 'on', x: new FloatNumber(1) });
});

it('line breaks of a template are sent as Python reads them', async () => {
  write('template.yaml', 'name: A\r\nsteps: []\r');
  expect((await readBundle(dir)).templateText).toBe('name: A\nsteps: []\n');
});

it('an empty document is none', async () => {
  write('template.json', '{}');
  write('parameter_values.yaml', '# nothing\n');
  write('asset_references.json', '');
  expect(await readBundle(dir)).toMatchObject({ parameterValues: undefined, assetReferences: undefined });
});

it('only regular files are documents, links to them too; a pipe of the name is never opened', async () => {
  write('template.json', '{"name": "A"}');
  mkdirSync(join(dir, 'template.yaml'));
  write('real.json', '{"parameterValues": []}');
  symlinkSync('real.json', join(dir, 'parameter_values.json'));
  execFileSync('mkfifo', [join(dir, 'asset_references.yaml')]);
  expect(await readBundle(dir)).toMatchObject({
    template: { name: 'A' },
    parameterValues: { parameterValues: [] },
    assetReferences: undefined,
  });
});

it('names a document that may not be read', () => {
  write('template.json', '{"name": "A"}');
  chmodSync(join(dir, 'template.json'), 0);
  const said = asNobody(`
    import { readBundle } from ${JSON.stringify(compiled('presets/bundle/read-bundle.js'))};
    const { code, message } = await readBundle(${JSON.stringify(dir)}).catch((error) => error);
    console.log(JSON.stringify({ code, message }));
  `);
  expect(said).toEqual({
    code: 'DeadlineOperationError',
    message: `'template.json' cannot be read: permission denied (EACCES):\n${dir}`,
  });
});

it.each([
  ['a link to a file outside', (): void => symlinkSync('/etc/passwd', join(dir, 'sub', 'l')), '/etc/passwd'],
  ['a link to a directory outside', (): void => symlinkSync('../..', join(dir, 'sub', 'l')), base],
  [
    'a link to what is not there',
    (): void => symlinkSync('../../gone', join(dir, 'sub', 'l')),
    join(base, 'gone'),
  ],
  ['a link by a link', linkByLink, base],
])('refuses %s', async (_case, plant, target) => {
  write('template.json', '{}');
  mkdirSync(join(dir, 'sub'));
  plant();
  const path = join(dir, 'sub', 'l');
  await expect(readBundle(dir)).rejects.toMatchObject({
    code: 'DeadlineOperationError',
    field: path,
    message: `Job bundle cannot contain a path that resolves outside of the resolved bundle directory:\n${dir}\n\nPath in bundle:\n${path}\nResolves to:\n${target}`,
  });
});

function linkByLink(): void {
  symlinkSync('m', join(dir, 'sub', 'l'));
  symlinkSync(base, join(dir, 'sub', 'm'));
}

it('links that stay inside pass, broken ones, circles and a linked bundle among them', async () => {
  write('template.json', '{}');
  symlinkSync('template.json', join(dir, 'a'));
  symlinkSync('gone', join(dir, 'b'));
  symlinkSync('c', join(dir, 'c'));
  symlinkSync('e', join(dir, 'd'));
  symlinkSync('d', join(dir, 'e'));
  symlinkSync('.', join(dir, 'f'));
  symlinkSync(dir, `${dir}-link`);
  expect((await readBundle(`${dir}-link`)).templateText).toBe('{}');
});

it('a directory below that cannot be listed is passed over', async () => {
  write('template.json', '{}');
  mkdirSync(join(dir, 'closed'));
  chmodSync(join(dir, 'closed'), 0);
  expect((await readBundle(dir)).templateText).toBe('{}');
  chmodSync(join(dir, 'closed'), 0o755);
});

it.each<[string, string, string | Uint8Array, RegExp]>([
  [
    'bytes that are not UTF-8',
    'template.json',
    Buffer.from([0x7b, 0xff, 0x7d]),
    /^Error loading 'template\.json':\nthe file is not UTF-8$/,
  ],
  ['JSON that is none', 'template.json', '{"a": }', /^Error loading 'template\.json':\n./],
  [
    'JSON with a byte order mark, as Python does',
    'template.json',
    '\uFEFF{}',
    /^Error loading 'template\.json':\n./,
  ],
  ['JSON with a NUL', 'template.json', '{"a": "\0"}', /^Error loading 'template\.json':\n./],
  ['JSON nested too deeply', 'template.json', '['.repeat(200_000), /^Error loading 'template\.json':\n./],
  [
    'YAML that is none',
    'template.yaml',
    'a: [',
    /^Error loading 'template\.yaml':\n[\s\S]* in line 1, column 5$/,
  ],
  [
    'YAML with a NUL',
    'template.yaml',
    'a: \0',
    /special characters are not allowed\n {2}in line 1, column 4$/,
  ],
  ['YAML in a circle', 'template.yaml', 'a: &a [*a]', /part of what it stands for\n {2}in line 1, column 8$/],
  [
    'YAML with a tag of another program',
    'template.yaml',
    'a: !!python/name:os',
    /could not determine a constructor/,
  ],
  ['YAML beyond all measure', 'template.yaml', Buffer.alloc((16 << 20) + 1, 0x23), /more than 16 MiB/],
])('refuses %s and names the file', async (_case, name, content, message) => {
  write(name, content);
  const error = await readBundle(dir).catch((cause: unknown) => cause);
  expect(error).toBeInstanceOf(BundleError);
  expect(error).toMatchObject({ code: 'DeadlineOperationError', message: expect.stringMatching(message) });
  expect((error as BundleError).file).toMatch(/^template/);
});

it('YAML with a byte order mark is read', async () => {
  write('template.yaml', '\uFEFFname: A\n');
  expect((await readBundle(dir)).template).toEqual({ name: 'A' });
});

it('ends when it is cancelled', async () => {
  write('template.json', '{}');
  await expect(readBundle(dir, { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(CancelledError);
});
