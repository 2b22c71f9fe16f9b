/** `manifest upload` and `manifest download`: manifests into a store and out of it, without the service. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xxh128 } from '../../src/hashing/xxh128.js';
import { rootHash } from '../../src/model/manifest-names.js';
import { openStore } from '../../src/presets/open-store.js';
import { downloadManifest } from '../../src/presets/stored-manifests.js';
import { uploadOutputManifest } from '../../src/presets/upload-manifests.js';
import { Sandbox } from '../support/cli.js';
import { v2023 } from '../support/contents.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const FOLDER = 'Manifests';
const entry = (path: string, size: number) => ({ path, size, hash: '0'.repeat(32), mtime: 1 });
let root = '';
let manifest = '';
/** `inputManifestPath` of a job that was submitted. */
let inputPath = '';

beforeAll(async () => {
  root = sandbox.tree('project', { 'a.txt': 'a', 'd/b.txt': 'bb' });
  const snapshot = ['manifest', 'snapshot', '--root', root, '-d', sandbox.tree('m', {}), '--json'];
  manifest = JSON.parse((await sandbox.run(snapshot)).stdout).manifest;
  const { stdout } = await sandbox.run(['submit', root, '--store', 'jobs', '--json=envelope']);
  inputPath = JSON.parse(stdout).result.manifests[0].inputManifestPath;
  const store = await openStore(sandbox.join('jobs'));
  const outputs = { store, farmId: 'farm-local', queueId: 'queue-local', assetRoot: root };
  for (const [startTime, stepId] of ['step-1', 'step-2'].entries()) {
    await uploadOutputManifest({
      ...outputs,
      manifest: v2023([entry('a.txt', 100), entry(`${stepId}.out`, 5)]),
      action: { jobId: 'job-1', stepId, taskId: 'task-1', sessionActionId: 'sessionaction-a-1', startTime },
    });
  }
  await store.close();
});

describe('manifest upload', () => {
  it.each([
    ['below a prefix', ['--s3-manifest-prefix', 'farm-1/queue-1/x'], 'farm-1/queue-1/x/'],
    ['at the top', [], ''],
  ])('stores the file as it is and under its name %s', async (_what, flags, below) => {
    const args = ['manifest', 'upload', manifest, '--store', 'up', ...flags, '--json'];
    const { code, stdout } = await sandbox.run(args);
    const key = `local/${FOLDER}/${below}${basename(manifest)}`;
    const hash = xxh128(readFileSync(manifest));
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', result: { manifest, key, hash } });
    expect(code).toBe(0);
    expect(readFileSync(sandbox.join('up', FOLDER, below, basename(manifest)))).toEqual(
      readFileSync(manifest),
    );
  });

  it.each(['--s3-cas-uri', '--s3-cas-path'])(
    'takes the store as %s too, and keeps the root',
    async (flag) => {
      const args = ['manifest', 'upload', manifest, flag, 'up2', '--asset-root', '/mnt/été'];
      const { code, stdout } = await sandbox.run(args);
      expect(code).toBe(0);
      const store = await openStore(sandbox.join('up2'));
      expect(await downloadManifest({ store, key: stdout.trimEnd() })).toMatchObject({
        assetRoot: '/mnt/été',
      });
    },
  );

  it.each([
    ['a file that is not there', ['nowhere'], 1, 'does not exist'],
    ['a file that is no manifest', ['text'], 1, 'cannot be used'],
    ['no file', [], 2, 'missing required argument'],
  ])('refuses %s', async (_what, args, code, message) => {
    writeFileSync(sandbox.join('text'), 'text');
    const { stderr, ...result } = await sandbox.run(['manifest', 'upload', ...args, '--store', 'none']);
    expect(result.code).toBe(code);
    expect(stderr).toMatch(/^Error: [^\n]+\n$/);
    expect(stderr).toContain(message);
  });
});

describe('manifest download', () => {
  const download = async (directory: string, ...flags: string[]) => {
    const args = ['manifest', 'download', directory, '--store', 'jobs', '--json', ...flags];
    const { code, stdout, stderr } = await sandbox.run(args);
    return { code, document: JSON.parse(stdout), stderr };
  };
  const sizesIn = (path: string): Record<string, number> => {
    const { paths } = JSON.parse(readFileSync(path, 'utf8')) as { paths: { path: string; size: number }[] };
    return Object.fromEntries(paths.map((each) => [each.path, each.size]));
  };

  it('merges inputs and outputs of a root, in the shape of the client library', async () => {
    const { code, document } = await download('all', '--manifest-key', inputPath, '--job-id', 'job-1');
    expect(code).toBe(0);
    expect(document).toEqual({
      downloaded: [{ manifest_root: root, local_manifest_path: expect.any(String) }],
    });
    const path: string = document.downloaded[0].local_manifest_path;
    expect(dirname(path)).toBe(sandbox.join('all'));
    const shape = `-${rootHash(root, xxh128)}-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.manifest$`;
    expect(basename(path)).toMatch(new RegExp(shape));
    expect(sizesIn(path)).toEqual({ 'a.txt': 100, 'd/b.txt': 2, 'step-1.out': 5, 'step-2.out': 5 });
  });

  it.each([
    ['a job', 'by-job', [], ['a.txt', 'step-1.out', 'step-2.out']],
    ['a step', 'by-step', ['--step-id', 'step-1'], ['a.txt', 'step-1.out']],
  ])('fetches the outputs of %s', async (_what, directory, flags, expected) => {
    const { document } = await download(directory, '--job-id', 'job-1', '--asset-type', 'Output', ...flags);
    expect(Object.keys(sizesIn(document.downloaded[0].local_manifest_path))).toEqual(expected);
  });

  it('fetches inputs alone, also those that do not say their root', async () => {
    const python = sandbox.join('jobs', FOLDER, 'x/Inputs/1/h_input');
    mkdirSync(dirname(python), { recursive: true });
    writeFileSync(python, readFileSync(manifest));
    const keys = ['--manifest-key', inputPath, 'x/Inputs/1/h_input'];
    const { document } = await download('in', '--asset-type', 'input', ...keys);
    expect(document.downloaded).toEqual([
      { manifest_root: root, local_manifest_path: expect.any(String) },
      { manifest_root: null, local_manifest_path: sandbox.join('in/h_input') },
    ]);
    expect(readFileSync(sandbox.join('in/h_input'))).toEqual(readFileSync(manifest));
    const args = ['manifest', 'download', 'in2', '--store', 'jobs', '--manifest-key', inputPath];
    const { stdout } = await sandbox.run(args);
    expect(stdout).toBe(`${sandbox.join('in2', readdirSync(sandbox.join('in2'))[0] ?? '')}\n`);
  });

  it('is empty for a job without outputs', async () => {
    const { code, document } = await download('none', '--job-id', 'job-12', '--asset-type', 'output');
    expect({ code, document }).toEqual({ code: 0, document: { downloaded: [] } });
  });

  it('says that a file stands where its directory has to be', async () => {
    sandbox.write('taken', 'mine');
    const { code, document } = await download('taken', '--manifest-key', inputPath);
    expect({ code, document }).toMatchObject({
      code: 1,
      document: { error: { code: 'LocalIo', details: { path: sandbox.join('taken'), errno: 'ENOTDIR' } } },
    });
  });

  it.each([
    ['inputs without their keys', ['--job-id', 'job-1'], 2, '--manifest-key'],
    ['outputs without a job', ['--asset-type', 'output'], 2, '--job-id'],
    [
      'keys of outputs',
      ['--asset-type', 'output', '--job-id', 'j', '--manifest-key', 'k'],
      2,
      '--manifest-key',
    ],
    ['dependencies of a step', ['--step-id', 's', '--job-id', 'j', '--manifest-key', 'k'], 2, '--step-id'],
    ['another type', ['--asset-type', 'both'], 2, '--asset-type'],
    ['a key that is not there', ['--manifest-key', 'nowhere'], 1, '/jobs/Manifests/nowhere"'],
  ])('refuses %s', async (_what, flags, code, message) => {
    const result = await download('refused', ...flags);
    expect(result.code).toBe(code);
    expect(result.stderr).toContain(message);
    expect(result.document).toMatchObject({ status: 'failed' });
  });
});
