/** `submit` with everything that has to be grouped: several paths, outputs, references, storage profiles. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const GUID = '[0-9a-f]{32}';
let stores = 0;
/** A store that no other case writes to. */
function store(): string {
  stores += 1;
  return `store-${stores}`;
}

/** The attachments and everything else of a submission that has to succeed. */
async function submitted(...args: string[]) {
  const result = await sandbox.run(['submit', ...args, '--json']);
  expect(result).toMatchObject({ code: 0 });
  const { result: attachments, stats } = JSON.parse(result.stdout);
  return { attachments, stats, stderr: result.stderr };
}

function withManifest(root: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    rootPath: sandbox.join(root),
    rootPathFormat: 'posix',
    inputManifestPath: expect.stringMatching(
      new RegExp(`^farm-local/queue-local/Inputs/${GUID}/${GUID}_input$`),
    ),
    inputManifestHash: expect.stringMatching(new RegExp(`^${GUID}$`)),
    ...more,
  };
}

beforeAll(() => {
  sandbox.tree('p', {
    'job/scene.ma': 'scene',
    'job/tex/a.png': 'a',
    'job/tex/b.tmp': 'b',
    'lib/h.exr': 'h',
  });
  sandbox.tree('home', { 'n.txt': 'note' });
});

describe('paths on the command line', () => {
  it('gives the root of all files, outputs and references, and the outputs below it', async () => {
    const { attachments, stats } = await submitted(
      ...['p/job/scene.ma', 'p/job/tex', '--store', store()],
      ...['--output-dir', 'p/out', 'p/out/logs', '--reference', 'p/cache/x'],
    );
    expect(attachments).toEqual({
      manifests: [withManifest('p', { outputRelativeDirectories: ['out', 'out/logs'] })],
      fileSystem: 'COPIED',
    });
    expect(stats.hashing).toMatchObject({ total_files: 3, total_bytes: 7 });
  });

  it('selects below given directories only', async () => {
    const { stats } = await submitted(
      'p/job/tex/b.tmp',
      'p/lib',
      'p/job',
      '-e',
      '**/*.tmp',
      '--store',
      store(),
    );
    expect(stats.hashing.total_files).toBe(4);
  });

  it('sends no manifest for outputs and references alone', async () => {
    const where = store();
    const { attachments } = await submitted(
      '--output-dir',
      'p/out',
      '--reference',
      'p/ref',
      '--store',
      where,
    );
    expect(attachments.manifests).toEqual([
      { rootPath: sandbox.join('p'), rootPathFormat: 'posix', outputRelativeDirectories: ['out'] },
    ]);
    expect(filesBelow(sandbox.join(where))).toEqual({});
  });

  it.each([
    ['p/job/scene.ma', 'nowhere'],
    ['--input', 'nowhere', '--output-dir', 'p'],
  ])('names a path of %j that is not there, whatever is lenient', async (...args) => {
    const where = store();
    const { code, stderr } = await sandbox.run(['submit', ...args, '--store', where]);
    expect([code, stderr]).toEqual([1, `Error: "${sandbox.join('nowhere')}" does not exist\n`]);
    expect(existsSync(sandbox.join(where))).toBe(false);
  });

  it('plans without a question, and stores nothing', async () => {
    const where = store();
    const { stdout, code } = await sandbox.run(['submit', 'p/job', 'home', '--store', where, '--plan']);
    expect([code, stdout]).toEqual([
      0,
      'Files: 4 (11 B)\nTo send: 4 (11 B)\nRequests: HEAD 4, PUT 5\nEstimated cost: 0.000000 USD\n',
    ]);
    expect(existsSync(sandbox.join(where))).toBe(false);
  });
});

describe('--snapshot-to', () => {
  it('stores in a directory as --store does, whatever a variable says', async () => {
    const { code } = await sandbox.run(['submit', 'p/job', '--snapshot-to', 'snap', '--quiet'], {
      env: { RX_ATTACHMENTS_STORE: 's3://bucket/prefix' },
    });
    expect(code).toBe(0);
    expect(readdirSync(sandbox.join('snap')).sort()).toEqual(['Data', 'Manifests']);
    expect(Object.values(filesBelow(sandbox.join('snap/Data'))).sort()).toEqual(['a', 'b', 'scene']);
  });

  it('excludes --store', async () => {
    const { code, stderr } = await sandbox.run(['submit', 'p', '--snapshot-to', 'snap', '--store', 's']);
    expect([code, stderr]).toEqual([2, 'Error: --snapshot-to and --store exclude each other\n']);
  });
});

describe('--storage-profile', () => {
  const OWN = (root: string) => ({
    displayName: 'Farm',
    locations: [
      { name: 'Proj', path: join(root, 'p/job'), locationType: 'LOCAL' },
      { name: 'Lib', path: join(root, 'p/lib'), locationType: 'SHARED' },
    ],
  });
  const OF_SERVICE = (root: string) => ({
    storageProfileId: 'sp-1',
    fileSystemLocations: OWN(root).locations.map(({ locationType, ...rest }) => ({
      ...rest,
      type: locationType,
    })),
  });

  it.each([
    ['own shape', 'own.json', OWN],
    ["service's shape", 'service.json', OF_SERVICE],
    ["service's shape in YAML", 'service.yaml', OF_SERVICE],
  ])('groups by the locations of a file in the %s', async (_what, name, document) => {
    sandbox.write(name, JSON.stringify(document(sandbox.path)));
    const { attachments } = await submitted(
      ...['p/job', 'p/lib', 'home/n.txt', '--storage-profile', name, '--store', store()],
    );
    expect(attachments.manifests).toEqual([
      withManifest('home'),
      withManifest('p/job', { fileSystemLocationName: 'Proj' }),
    ]);
  });

  it('names the location of one directory too', async () => {
    sandbox.write('own.json', JSON.stringify(OWN(sandbox.path)));
    const { attachments } = await submitted('p/job/tex', '--storage-profile', 'own.json', '--store', store());
    expect(attachments.manifests).toEqual([withManifest('p/job/tex', { fileSystemLocationName: 'Proj' })]);
  });

  it('attaches nothing where everything is shared', async () => {
    sandbox.write('own.json', JSON.stringify(OWN(sandbox.path)));
    const args = ['submit', 'p/lib', '--storage-profile', 'own.json', '--store', store()];
    const { code, stdout, stderr } = await sandbox.run(args);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/^Nothing to attach\.$/m);
    expect(JSON.parse((await sandbox.run([...args, '--json'])).stdout)).toMatchObject({
      status: 'ok',
      result: null,
    });
  });

  it.each([
    [
      'neither a file nor an id',
      'none.json',
      undefined,
      2,
      '--storage-profile none.json is neither a file nor',
    ],
    ['an id without a queue', 'sp-0123', undefined, 2, '--farm-id is required'],
    ['a file that is no JSON', 'broken.json', '{"a"', 2, 'broken.json cannot be read: '],
    [
      'a wrong member',
      'bad.json',
      '{"fileSystemLocations": [{}]}',
      1,
      'bad.json: fileSystemLocations[0].type must be',
    ],
    [
      'a relative path',
      'relative.json',
      '{"locations": [{"name": "P", "path": "p", "locationType": "LOCAL"}]}',
      2,
      'the path "p" of the file system location "P" is not absolute',
    ],
  ])('refuses %s', async (_what, name, content, expected, message) => {
    if (content !== undefined) sandbox.write(name, content);
    const where = store();
    const { code, stderr } = await sandbox.run(['submit', 'p', '--storage-profile', name, '--store', where]);
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
    expect(existsSync(sandbox.join(where, 'Manifests'))).toBe(false);
  });
});

describe('--asset-references', () => {
  const references = (inputs: unknown, more: object = {}) =>
    JSON.stringify({ assetReferences: { inputs, ...more } });

  it.each(['refs.json', 'refs.yaml'])('takes the paths of %s beside those that are named', async (name) => {
    const inputs = { filenames: ['p/job/scene.ma'], directories: ['p/lib'] };
    const more = { outputs: { directories: ['p/out'] }, referencedPaths: ['p/ref'] };
    sandbox.write(name, references(inputs, more));
    const { attachments, stats } = await submitted(
      ...['p/job/tex', '--asset-references', name, '--store', store(), '--known-asset-path', 'p'],
    );
    expect(attachments.manifests).toEqual([withManifest('p', { outputRelativeDirectories: ['out'] })]);
    expect(stats.hashing.total_files).toBe(4);
  });

  it('attaches nothing for a document without paths', async () => {
    sandbox.write('empty.yaml', '');
    const { attachments } = await submitted('--asset-references', 'empty.yaml', '--store', store());
    expect(attachments).toBeNull();
  });

  it('takes a missing path for a reference, with a warning', async () => {
    sandbox.write('missing.json', references({ filenames: ['p/gone.txt', 'p/lib/h.exr'] }));
    const { attachments, stderr } = await submitted(
      ...['--asset-references', 'missing.json', '--store', store(), '--known-asset-path', 'p'],
    );
    expect(attachments.manifests).toEqual([withManifest('p')]);
    expect(stderr).toContain(
      `WARNING: Input path 'p/gone.txt' resolving to '${sandbox.join('p/gone.txt')}' does not exist. Adding to referenced paths.\n`,
    );
  });

  it('lists everything that is wrong, path by path, when paths have to exist', async () => {
    sandbox.write('wrong.json', references({ filenames: ['p/z\nopenjd_fail: x', 'p/aa.txt', 'p/job'] }));
    const where = store();
    const args = ['submit', '--asset-references', 'wrong.json', '--require-paths-exist', '--store', where];
    const { code, stderr, stdout } = await sandbox.run([...args, '--yes']);
    expect(stderr).toBe(
      [
        'Error: Job submission contains missing input files or directories specified as files. All inputs must exist and be classified properly.',
        'Missing input files:',
        `\t${sandbox.join('p/aa.txt')}`,
        `\t${sandbox.join('p/z')}\\nopenjd_fail: x`,
        'Directories classified as files:',
        `\t${sandbox.join('p/job')}`,
        'Job submission canceled.',
        '',
      ].join('\n'),
    );
    expect([code, stdout]).toEqual([1, '']);
    const { error } = JSON.parse((await sandbox.run([...args, '--yes', '--json'])).stdout);
    expect(error).toMatchObject({
      code: 'MisconfiguredInputsError',
      details: {
        directories: [sandbox.join('p/job')],
        missing: [sandbox.join('p/aa.txt'), expect.any(String)],
      },
    });
    expect(filesBelow(sandbox.join(where))).toEqual({});
  });

  it.each([
    ['no object', '[]', 1, 'assetReferences must be an object'],
    [
      'a wrong member',
      references({ filenames: 'p' }),
      1,
      'assetReferences.inputs.filenames must be a list of paths',
    ],
    ['no JSON', '{', 2, '--asset-references '],
  ])('refuses %s', async (_what, content, expected, message) => {
    sandbox.write('bad-refs.json', content);
    const { code, stderr } = await sandbox.run([
      'submit',
      '--asset-references',
      'bad-refs.json',
      '--store',
      store(),
    ]);
    expect(stderr).toContain(message);
    expect(stderr).toContain(sandbox.join('bad-refs.json'));
    expect(code).toBe(expected);
  });

  it('names file, line and column of YAML that cannot be read', async () => {
    const file = sandbox.write('cyclic.yaml', 'assetReferences: &a\n  inputs: *a\n');
    const { code, stderr } = await sandbox.run([
      'submit',
      '--asset-references',
      'cyclic.yaml',
      '--store',
      store(),
    ]);
    expect([code, stderr]).toEqual([
      2,
      `Error: --asset-references ${file} cannot be read: the alias "a" is part of what it stands for in line 2, column 11\n`,
    ]);
  });
});
