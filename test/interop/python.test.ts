/** What we submit the Python library downloads, and the other way round: same manifests, same keys, every byte, every time. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { downloadManifestContents } from '../../src/presets/contents.js';
import type { S3ClientName } from '../../src/presets/open-s3-store.js';
import { openStore } from '../../src/presets/open-store.js';
import type { Store } from '../../src/presets/store.js';
import { downloadInputManifest } from '../../src/presets/stored-manifests.js';
import { type SubmitResult, submitTree } from '../../src/presets/submit-tree.js';
import { Sandbox } from '../support/cli.js';
import { downloadedByPython, type PythonUpload, submittedByPython } from '../support/interop-python.js';
import { type InteropTree, interopTree, mtimeOf } from '../support/interop-tree.js';
import { requireServer } from '../support/require-server.js';
import { tempDir } from '../support/temp-dir.js';
import { useVersity } from '../support/versitygw.js';

const LARGE_BYTES = 300 * (1 << 20) + 1;
const NEW_FILE_MODE = 0o666 & ~process.umask();
/** A blank and a plus are what addresses are most easily got wrong with. */
const PREFIX = 'studio A/show+1';

requireServer('versitygw', 'python')('with the Python library', { timeout: 180_000 }, () => {
  const server = useVersity({ buckets: ['ours', 'theirs', 'again'] });
  const base = tempDir('interop');
  const sandbox = new Sandbox();
  const inBucket = (bucket: string, client: S3ClientName = 'direct'): Promise<Store> =>
    openStore(`s3://${bucket}/${PREFIX}`, { s3: { ...server().settings(), client } });
  let tree: InteropTree;
  let ours: SubmitResult;
  let theirs: PythonUpload;
  afterAll(() => sandbox.remove());

  beforeAll(async () => {
    tree = interopTree(base, { largeBytes: LARGE_BYTES, future: true });
    const store = await inBucket('ours');
    ours = await submitTree({ root: tree.root, store, farmId: 'farm-1', queueId: 'queue-1' });
    await store.close();
    const source = { root: tree.root, bucket: 'theirs', prefix: PREFIX, cacheDir: join(base, 'cache') };
    theirs = await submittedByPython(server(), source);
  }, 240_000);

  const object = (bucket: string, key: string): string => join(server().directory, bucket, key);
  const dataKeys = (bucket: string): string[] =>
    server()
      .keys(bucket)
      .filter((key) => key.startsWith(`${PREFIX}/Data/`));

  it('the manifests of one tree are the same bytes, under the same names', () => {
    const [properties] = ours.attachments.manifests;
    const [other] = theirs.attachments.manifests;
    const own = readFileSync(object('ours', ours.manifestKey ?? ''));
    expect(own.toString()).toBe(theirs.manifest);
    const otherKey = `${PREFIX}/Manifests/${other?.inputManifestPath}`;
    expect(own.equals(readFileSync(object('theirs', otherKey)))).toBe(true);
    const withoutGuid = (path = ''): string => path.replace(/(?<=\/Inputs\/)[0-9a-f]{32}(?=\/)/, 'GUID');
    expect({ ...properties, inputManifestPath: withoutGuid(properties?.inputManifestPath) }).toEqual({
      rootPath: other?.rootPath,
      rootPathFormat: other?.rootPathFormat,
      inputManifestPath: withoutGuid(other?.inputManifestPath),
      inputManifestHash: other?.inputManifestHash,
    });
    expect(JSON.parse(own.toString()).paths).toHaveLength(tree.files.length);
  });

  it('the objects of one tree have the same keys and the same bytes', async () => {
    expect(dataKeys('ours')).toEqual([...new Set(theirs.keys)].sort());
    expect(dataKeys('theirs')).toEqual(dataKeys('ours'));
    expect(dataKeys('ours')).toHaveLength(tree.contents);
    for (const key of dataKeys('ours')) await expectSameBytes(object('ours', key), object('theirs', key));
  });

  it('Python downloads what we submitted', async () => {
    const root = join(base, 'by python');
    const request = { bucket: 'ours', prefix: PREFIX, key: ours.manifestKey ?? '', root };
    expect(await downloadedByPython(server(), request)).toEqual({
      assetRoot: tree.root,
      processedFiles: tree.files.length,
      processedBytes: ours.uploadStats.totalBytes,
      skippedFiles: 0,
    });
    // It sets times from doubles, half of which are a microsecond off.
    await expectRestored(root, 1);
  });

  it('the command line downloads what Python submitted', async () => {
    const [properties] = theirs.attachments.manifests;
    const env = server().env();
    const store = ['--store', `s3://theirs/${PREFIX}`, '--s3-endpoint-url', server().endpoint];
    const key = properties?.inputManifestPath ?? '';
    const fetched = await sandbox.run(
      [
        'manifest',
        'download',
        'manifests',
        '--manifest-key',
        key,
        '--asset-type',
        'input',
        '--json',
        ...store,
      ],
      { env },
    );
    expect(fetched).toMatchObject({ code: 0 });
    const [name = ''] = readdirSync(sandbox.join('manifests'));
    const root = sandbox.join('restored');
    const args = ['attachment', 'download', '-m', join('manifests', name), '--destination', root, '--json'];
    const download = await sandbox.run([...args, ...store], { env });
    expect(download).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/warning/i) });
    expect(JSON.parse(download.stdout)).toMatchObject({
      processed_files: tree.files.length,
      skipped_files: 0,
    });
    await expectRestored(root, 0);
  });

  it('the AWS SDK client downloads what Python submitted, and submits what Python downloads', async () => {
    const [properties] = theirs.attachments.manifests;
    const [from, to] = await Promise.all([inBucket('theirs', 'sdk'), inBucket('again', 'sdk')]);
    const stored = await downloadInputManifest({
      store: from,
      inputManifestPath: properties?.inputManifestPath ?? '',
      inputManifestHash: properties?.inputManifestHash,
    });
    expect(stored.assetRoot).toBeUndefined();
    const root = join(base, 'by sdk');
    await downloadManifestContents({ manifest: stored.manifest, root, store: from });
    await expectRestored(root, 0);
    rmSync(join(root, 'parts'), { recursive: true });
    const again = await submitTree({ root, store: to });
    await Promise.all([from.close(), to.close()]);
    const copy = join(base, 'by python again');
    const request = { bucket: 'again', prefix: PREFIX, key: again.manifestKey ?? '', root: copy };
    expect(await downloadedByPython(server(), request)).toMatchObject({
      assetRoot: root,
      processedFiles: again.uploadStats.totalFiles,
    });
    for (const path of tree.files.filter((each) => !each.startsWith('parts/')))
      await expectSameBytes(join(tree.root, path), join(copy, path));
  });

  async function expectRestored(root: string, toleranceUs: number): Promise<void> {
    const found = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
      (each) => !each.isDirectory(),
    );
    expect(found.every((each) => each.isFile())).toBe(true);
    expect(found).toHaveLength(tree.files.length);
    for (const path of tree.files) {
      await expectSameBytes(join(tree.root, path), join(root, path));
      const off = Math.abs(mtimeOf(join(root, path)) - mtimeOf(join(tree.root, path)));
      // A manifest of 2023 says nothing of modes: files are as any program makes them.
      const mode = statSync(join(root, path)).mode & 0o7777;
      expect({ path, mode, close: off <= toleranceUs }).toEqual({ path, mode: NEW_FILE_MODE, close: true });
    }
  }
});

async function expectSameBytes(one: string, other: string): Promise<void> {
  expect({ other, there: existsSync(other) }).toEqual({ other, there: true });
  if (statSync(one).size > 1 << 24) await promisify(execFile)('cmp', [one, other]);
  else expect({ other, same: readFileSync(one).equals(readFileSync(other)) }).toEqual({ other, same: true });
}
