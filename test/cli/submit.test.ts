import { statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const FILES = {
  'scene.ma': 'scene data',
  'tex/wood.png': 'wood',
  'tex/deep/stone.png': 'stone',
  'tex/copy-of-wood.png': 'wood',
  'empty.txt': '',
  '.hidden': 'hidden',
  'big.bin': Buffer.alloc(3_000_000, 'pattern-'),
};
let root = '';
beforeAll(() => {
  root = sandbox.tree('project', FILES);
  utimesSync(join(root, 'scene.ma'), 1700000000, 1700000000.123456);
});

/** Path of the manifest that the printed attachments name, in a directory store. */
function storedManifest(store: string, attachments: { manifests: { inputManifestPath: string }[] }): string {
  return sandbox.join(store, 'Manifests', attachments.manifests[0]?.inputManifestPath ?? '');
}

describe('submit, submit again, download, compare', () => {
  it('prints the attachments of a CreateJob request on stdout and everything else on stderr', async () => {
    const { code, stdout, stderr } = await sandbox.run(['submit', 'project', '--store', 'store']);
    expect(stderr).toContain('Hashing Summary:\n    Processed 7 files totaling');
    expect(stderr).toContain('Upload Summary:\n    Processed ');
    expect(code).toBe(0);
    const attachments = JSON.parse(stdout);
    expect(attachments).toEqual({
      manifests: [
        {
          rootPath: root,
          rootPathFormat: 'posix',
          inputManifestPath: expect.stringMatching(
            /^farm-local\/queue-local\/Inputs\/[0-9a-f]{32}\/[0-9a-f]{32}_input$/,
          ),
          inputManifestHash: expect.stringMatching(/^[0-9a-f]{32}$/),
        },
      ],
      fileSystem: 'COPIED',
    });
    expect(Object.keys(filesBelow(sandbox.join('store', 'Data')))).toHaveLength(6);
    expect(statSync(storedManifest('store', attachments)).isFile()).toBe(true);
  });

  it('uploads nothing the second time', async () => {
    const { code, stdout } = await sandbox.run(['submit', 'project', '--store', 'store', '--json']);
    const { status, result, stats } = JSON.parse(stdout);
    expect(status).toBe('ok');
    expect(result.manifests).toHaveLength(1);
    expect(stats.hashing).toMatchObject({ total_files: 7, skipped_files: 7, processed_files: 0 });
    expect(stats.upload).toMatchObject({ total_files: 7, skipped_files: 7, processed_files: 0 });
    expect(code).toBe(0);
  });

  it('restores every file with content and time', async () => {
    const { stdout } = await sandbox.run(['submit', 'project', '--store', 'store', '--json']);
    const manifest = storedManifest('store', JSON.parse(stdout).result);
    const download = await sandbox.run([
      ...['attachment', 'download', '-m', manifest, '--store', 'store', '--destination', 'restored'],
    ]);
    expect(download).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Error') });
    expect(download.stdout).toMatch(/^Download Summary:\n {4}Processed 7 files totaling /);
    expect(filesBelow(sandbox.join('restored'))).toEqual(filesBelow(root));
    expect(Math.floor(statSync(sandbox.join('restored', 'scene.ma'), { bigint: false }).mtimeMs)).toBe(
      1700000000123,
    );
  });
});

it('takes several paths, also by --input, and gives them one root', async () => {
  const { code, stdout } = await sandbox.run([
    ...[
      'submit',
      'project/tex',
      '--store',
      'store2',
      '--json',
      '--input',
      'project/scene.ma',
      'project/big.bin',
    ],
  ]);
  const { result, stats } = JSON.parse(stdout);
  expect(result.manifests.map((manifest: { rootPath: string }) => manifest.rootPath)).toEqual([root]);
  expect(stats.hashing.total_files).toBe(5);
  expect(code).toBe(0);
});

it('takes a single file below the directory that holds it', async () => {
  const { stdout } = await sandbox.run(['submit', 'project/scene.ma', '--store', 'store2', '--json']);
  const { result } = JSON.parse(stdout);
  expect(result.manifests[0].rootPath).toBe(root);
  const manifest = storedManifest('store2', result);
  await sandbox.run(['attachment', 'download', '-m', manifest, '--store', 'store2', '--destination', 'one']);
  expect(filesBelow(sandbox.join('one'))).toEqual({ 'scene.ma': 'scene data' });
});

it.each([
  [['-i', 'tex/**'], 3],
  [['-i', '*.ma', '-i', '*.txt'], 2],
  [['-e', '**/*.png', '--exclude', '.*'], 3],
  [['-i', 'tex/**', '-e', '**/stone.png'], 2],
  [['-ie', '{"include": ["**/*.png"], "exclude": ["tex/deep/**"]}'], 2],
  [['-ie={"include": ["*.bin"]}'], 1],
  [['--include-exclude-config', 'globs.json'], 1],
  [['-i', '*.ma', '-ie', 'no JSON, but not looked at'], 1],
])('%j selects %d files', async (flags, files) => {
  sandbox.write('globs.json', '{"include": ["scene.*"]}');
  const { stdout, stderr } = await sandbox.run([
    ...['submit', 'project', '--store', 'store3', '--json'],
    ...flags,
  ]);
  expect(stderr).not.toContain('Error');
  expect(JSON.parse(stdout).stats.hashing.total_files).toBe(files);
});

it('refuses glob text that is no JSON as the client library does', async () => {
  const { code, stderr, stdout } = await sandbox.run([
    ...['submit', 'project', '--store', 'store3', '--json', '-ie', '*.txt'],
  ]);
  expect(stderr).toBe('Error: Glob input *.txt cannot be deserialized as JSON\n');
  expect(JSON.parse(stdout).error.code).toBe('NonValidInputError');
  expect(code).toBe(1);
});

it('puts farm, queue and file system where flags, variables and configuration say', async () => {
  sandbox.write(
    'deadline-config',
    '[profile-(default) farm-env defaults]\nqueue_id = queue-config\njob_attachments_file_system = VIRTUAL\n',
  );
  const env = { RX_ATTACHMENTS_FARM_ID: 'farm-env' };
  const args = ['submit', 'project', '--store', 'store4', '-i', '*.ma', '--quiet'];
  const configured = await sandbox.run(args, { env });
  expect(configured.stderr).toBe('');
  expect(JSON.parse(configured.stdout)).toMatchObject({
    fileSystem: 'VIRTUAL',
    manifests: [{ inputManifestPath: expect.stringMatching(/^farm-env\/queue-config\//) }],
  });
  const flagged = await sandbox.run([...args, '--queue-id', 'queue-flag', '--file-system', 'COPIED'], {
    env,
  });
  expect(JSON.parse(flagged.stdout)).toMatchObject({
    fileSystem: 'COPIED',
    manifests: [{ inputManifestPath: expect.stringMatching(/^farm-env\/queue-flag\//) }],
  });
});

it('hashes again with --no-cache and asks the store again with --force-s3-check', async () => {
  const args = ['submit', 'project', '--store', 'store5', '--json', '-i', '**/*.png'];
  await sandbox.run(args);
  const { hashing } = JSON.parse((await sandbox.run([...args, '--no-cache'])).stdout).stats;
  expect(hashing).toMatchObject({ processed_files: 3, skipped_files: 0 });
  const { upload } = JSON.parse((await sandbox.run([...args, '--force-s3-check'])).stdout).stats;
  expect(upload).toMatchObject({ processed_files: 0, skipped_files: 3 });
});

it('names a path that is not there', async () => {
  const { code, stderr, stdout } = await sandbox.run(['submit', 'nowhere', '--store', 'store', '--json']);
  expect(stderr).toMatch(/^Error: [^\n]*nowhere[^\n]*\n$/);
  expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', error: { code: 'PathNotFound' } });
  expect(code).toBe(1);
});

it('escapes control characters of names in everything it says', async () => {
  sandbox.tree('odd', { 'a\u001b[2Jb\nopenjd_fail: x': 'x' });
  const odd = await sandbox.run(['submit', 'odd/missing\u001b[31m\nopenjd_fail: x', '--store', 'store']);
  expect(odd.stderr).toMatch(/missing\\(?:x|u00)1b\[31m\\nopenjd_fail: x/);
  expect(odd.stderr).not.toMatch(/^openjd_/m);
  const good = await sandbox.run(['submit', 'odd', '--store', 'store', '--log-level', 'debug']);
  expect(good.code).toBe(0);
  expect(good.stderr).not.toContain('\u001b');
  expect(good.stderr).not.toMatch(/^openjd_/m);
});

it('writes log lines as JSON with --log-format json', async () => {
  const { stderr, code } = await sandbox.run([
    ...[
      'submit',
      'project',
      '--store',
      'store6',
      '--log-level',
      'debug',
      '--log-format',
      'json',
      '--progress',
      'none',
    ],
  ]);
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  for (const line of lines) {
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), message: expect.any(String) });
  }
  expect(code).toBe(0);
});

it('warns of what it leaves out, with the level in front and the name escaped', async () => {
  const directory = sandbox.tree('links', { 'a.txt': 'a' });
  symlinkSync('nowhere', join(directory, 'broken\u001b[2J'));
  const { code, stderr } = await sandbox.run(['submit', 'links', '--store', 'store']);
  expect(stderr).toMatch(/^WARNING: [^\u001b\n]*broken/m);
  expect(code).toBe(0);
  const quiet = await sandbox.run(['submit', 'links', '--store', 'store', '--quiet']);
  expect(quiet).toMatchObject({ code: 0, stderr: '' });
});

it('takes a store as file: URI', async () => {
  const store = sandbox.join('store of uri');
  const { code } = await sandbox.run([
    ...['submit', 'project', '--store', pathToFileURL(store).href, '-i', '*.ma', '--quiet'],
  ]);
  expect(code).toBe(0);
  expect(Object.values(filesBelow(join(store, 'Data')))).toEqual(['scene data']);
});
