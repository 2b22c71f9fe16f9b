import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const FILES = { 'a.txt': 'a', 'd/b.txt': 'bb' };
let root = '';
let manifest = '';
beforeAll(async () => {
  root = sandbox.tree('project', FILES);
  const destination = sandbox.tree('manifests', {});
  const { stdout } = await sandbox.run(['manifest', 'snapshot', '--root', root, '-d', destination, '--json']);
  manifest = JSON.parse(stdout).manifest;
  const upload = await sandbox.run(['attachment', 'upload', '-m', manifest, '-r', root, '--store', 'store']);
  expect(upload).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Processed 2 files totaling 3 B.'),
  });
});

const rules = (source: string, destination: string) => [
  { source_path_format: 'POSIX', source_path: source, destination_path: destination },
];

describe('attachment upload', () => {
  it('stores the contents, and the manifest where --upload-manifest-path says', async () => {
    const { code, stdout } = await sandbox.run([
      ...['attachment', 'upload', '-m', manifest, '--root-dirs', root, '--s3-root-uri', 'store2'],
      ...['--upload-manifest-path', 'farm-1/queue-1/Inputs/x', '--json'],
    ]);
    const { status, result, stats } = JSON.parse(stdout);
    expect({ status, code }).toEqual({ status: 'ok', code: 0 });
    expect(result.manifests).toEqual([
      { manifest, root, key: expect.any(String), hash: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(stats).toMatchObject({ total_files: 2, processed_files: 2 });
    const stored = sandbox.join('store2/Manifests/farm-1/queue-1/Inputs/x', basename(manifest));
    expect(readFileSync(stored)).toEqual(readFileSync(manifest));
  });

  it.each(
    ['../../x', '/a', 'a/', 'a//b', './a'].flatMap((prefix) =>
      ['refusing', 's3://bucket/prefix'].map((store) => [prefix, store] as const),
    ),
  )('refuses --upload-manifest-path %s before anything is sent to %s', async (prefix, store) => {
    const flags = ['-m', manifest, '-r', root, '--store', store, '--upload-manifest-path', prefix];
    const { code, stderr } = await sandbox.run(['attachment', 'upload', ...flags]);
    const problem = 'must be names joined by "/", none of them empty, "." or "..", not';
    expect(stderr).toBe(`Error: --upload-manifest-path ${problem} ${JSON.stringify(prefix)}\n`);
    expect(code).toBe(2);
    expect(existsSync(sandbox.join('refusing'))).toBe(false);
  });

  it.each(['..', 'a/b', '/'])(
    'refuses the id %s, which keys are made of, before anything is sent',
    async (id) => {
      for (const flag of ['--farm-id', '--queue-id']) {
        const { code, stderr } = await sandbox.run(['submit', root, '--store', 'refusing', flag, id]);
        expect(stderr).toBe(`Error: ${flag} must be an id without "/", not ${JSON.stringify(id)}\n`);
        expect(code).toBe(2);
      }
      expect(existsSync(sandbox.join('refusing/Data'))).toBe(false);
    },
  );

  it('finds the root of a manifest by path mapping rules', async () => {
    const file = sandbox.write(
      'upload-rules.json',
      JSON.stringify({ path_mapping_rules: rules(root, root) }),
    );
    const { code, stdout } = await sandbox.run([
      ...['attachment', 'upload', '-m', manifest, '--path-mapping-rules', file, '--store', 'store', '--json'],
    ]);
    expect(JSON.parse(stdout).stats).toMatchObject({ total_files: 2, skipped_files: 2 });
    expect(code).toBe(0);
  });

  it.each([
    ['neither rules nor roots', [], 'One of path mapping rule and root dir must exist, and not both.'],
    ['a root of another manifest', ['-r', '.'], 'No valid root defined for given manifest'],
    [
      'a root that is not there',
      ['-r', 'nowhere'],
      `Specified root directory ${sandbox.join('nowhere')} does`,
    ],
    [
      'a manifest that is not there',
      ['-r', '.', '-m', 'no'],
      `manifest "${sandbox.join('no')}" does not exist`,
    ],
  ])('refuses %s', async (_what, flags, message) => {
    const { code, stderr } = await sandbox.run([
      ...['attachment', 'upload', '-m', manifest, '--store', 'store'],
      ...flags,
    ]);
    expect(stderr).toContain(`Error: ${message}`);
    expect(code).toBe(1);
  });
});

/** A copy of the manifest, whose first path leads out of the root. */
function escapingManifest(name: string): string {
  const document = JSON.parse(readFileSync(manifest, 'utf8'));
  document.paths[0].path = '../x';
  return sandbox.write(name, JSON.stringify(document));
}

it.each([
  ['attachment', 'download', '--destination', 'escaped', '-m', 'MANIFEST', '-m', 'BAD'],
  ['attachment', 'download', '--destination', 'escaped', '-m', 'BAD'],
  ['attachment', 'upload', '-r', 'project', '-m', 'MANIFEST', '-m', 'BAD'],
  ['manifest', 'verify', 'BAD'],
])('%s %s names the manifest in which a refused path stands', async (...args) => {
  const bad = escapingManifest(`bad-${basename(manifest)}`);
  const files = args.map((each) => each.replace('MANIFEST', manifest).replace('BAD', bad));
  const { code, stderr } = await sandbox.run([...files, '--store', 'store', '--progress', 'none']);
  const message = `Error: manifest "${bad}" cannot be used: manifest path "../x" is refused: `;
  expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
});

it('upload says what the name of a manifest has to hold', async () => {
  const renamed = sandbox.write('renamed', readFileSync(manifest));
  const { stderr } = await sandbox.run([
    'attachment',
    'upload',
    '-m',
    renamed,
    '-r',
    root,
    '--store',
    'store',
  ]);
  const [, hash = ''] = /-([0-9a-f]{32})-/.exec(basename(manifest)) ?? [];
  expect(stderr).toContain(`manifest renamed, please check input root dirs`);
  expect(stderr).toContain(`${hash} for "${root}"`);
});

describe('attachment download', () => {
  const download = (...flags: string[]) =>
    sandbox.run(['attachment', 'download', '-m', manifest, '--store', 'store', ...flags]);

  it('prints the statistics of the client library with --json', async () => {
    const { code, stdout } = await download('--json', '--destination', 'json');
    expect(JSON.parse(stdout)).toEqual({
      total_time: expect.any(Number),
      total_files: 2,
      total_bytes: 3,
      processed_files: 2,
      processed_bytes: 3,
      skipped_files: 0,
      skipped_bytes: 0,
      transfer_rate: expect.any(Number),
      file_counts_by_root_directory: { [sandbox.join('json')]: 2 },
      downloaded_files: [sandbox.join('json/a.txt'), sandbox.join('json/d/b.txt')],
    });
    expect(code).toBe(0);
    const envelope = JSON.parse((await download('--json=envelope', '--destination', 'json2')).stdout);
    expect(envelope).toMatchObject({ status: 'ok', stats: { total_files: 2 } });
  });

  it('goes where the rule says whose hash is in the file name', async () => {
    const other = rules('/elsewhere', sandbox.join('wrong'));
    const file = sandbox.write(
      'download-rules.json',
      JSON.stringify([...other, ...rules(root, sandbox.join('mapped'))]),
    );
    expect(await download('--path-mapping-rules', file)).toMatchObject({ code: 0 });
    expect(filesBelow(sandbox.join('mapped'))).toEqual(FILES);
  });

  it('goes below a directory named after the file where no rule fits', async () => {
    const cwd = sandbox.tree('cwd', {});
    const args = ['attachment', 'download', '-m', manifest, '--store', sandbox.join('store')];
    expect(await sandbox.run(args, { cwd })).toMatchObject({ code: 0 });
    expect(filesBelow(join(cwd, basename(manifest)))).toEqual(FILES);
  });

  it('puts several manifests below a directory each with --destination', async () => {
    const copy = sandbox.write('copy.manifest', readFileSync(manifest));
    expect(await download('-m', copy, '--destination', 'both')).toMatchObject({ code: 0 });
    expect(filesBelow(sandbox.join('both', basename(manifest)))).toEqual(FILES);
    expect(filesBelow(sandbox.join('both', 'copy.manifest'))).toEqual(FILES);
  });

  it('refuses two manifests for one destination', async () => {
    const file = sandbox.write('same.json', JSON.stringify(rules(root, sandbox.join('same'))));
    const copy = sandbox.write(`elsewhere/${basename(manifest)}`, readFileSync(manifest));
    const { code, stderr } = await download('-m', copy, '--path-mapping-rules', file);
    expect(stderr).toContain('is already in use, one destination path maps to one manifest file only.');
    expect(code).toBe(1);
  });

  it.each([
    ['Skip', { 'a.txt': 'old', 'd/b.txt': 'bb' }],
    ['OVERWRITE', { 'a.txt': 'a', 'd/b.txt': 'bb' }],
    ['create_copy', { 'a (1).txt': 'a', 'a.txt': 'old', 'd/b.txt': 'bb' }],
  ])('resolves conflicts by --conflict-resolution %s', async (how, expected) => {
    const target = `conflict-${how}`;
    sandbox.tree(target, { 'a.txt': 'old' });
    expect(await download('--destination', target, '--conflict-resolution', how)).toMatchObject({ code: 0 });
    expect(filesBelow(sandbox.join(target))).toEqual(expected);
  });

  it('takes the mode from variable before configuration, and copies by default', async () => {
    sandbox.write('deadline-config', '[settings]\nconflict_resolution = SKIP\n');
    const env = { RX_ATTACHMENTS_CONFLICT_RESOLUTION: 'overwrite' };
    const at = async (target: string, more: Record<string, string> = {}) => {
      sandbox.tree(target, { 'a.txt': 'old' });
      const args = ['attachment', 'download', '-m', manifest, '--store', 'store', '--destination', target];
      await sandbox.run(args, { env: more });
      return filesBelow(sandbox.join(target));
    };
    expect(await at('by-config')).toEqual({ 'a.txt': 'old', 'd/b.txt': 'bb' });
    expect(await at('by-variable', env)).toEqual(FILES);
    expect(await at('by-default', { DEADLINE_CONFIG_FILE_PATH: sandbox.join('none') })).toHaveProperty(
      'a (1).txt',
    );
  });

  it.each([
    ['--destination and rules', ['--destination', 'x', '--path-mapping-rules', 'y'], 2],
    ['a rules file that is not there', ['--path-mapping-rules', 'nowhere.json'], 2],
    ['an unknown way to resolve conflicts', ['--conflict-resolution', 'ask'], 2],
    ['a store that is not there', ['--store', 'no-store', '--destination', 'x'], 1],
    ['a manifest that is not there', ['-m', 'nowhere', '--destination', 'x'], 1],
  ])('refuses %s', async (_what, flags, code) => {
    const { stderr, code: actual } = await download(...flags);
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(actual).toBe(code);
  });

  it('says what to do when an object is gone', async () => {
    const bad = readFileSync(manifest, 'utf8').replaceAll(/"hash":"[0-9a-f]{4}/g, '"hash":"0000');
    const file = sandbox.write('gone.manifest', bad);
    const { code, stdout, stderr } = await sandbox.run([
      ...['attachment', 'download', '-m', file, '--store', 'store', '--destination', 'gone', '--json'],
    ]);
    const { status, error } = JSON.parse(stdout);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'NotFound', details: { kind: 'NotFound', key: expect.any(String) } });
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(code).toBe(1);
  });
});
