/** The commands with a store on S3, against a real server: flags, variables, results and errors. */
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStore } from '../../src/presets/open-store.js';
import { uploadOutputManifest } from '../../src/presets/upload-manifests.js';
import { filesBelow, Sandbox } from '../support/cli.js';
import { v2023 } from '../support/contents.js';
import { requireServer } from '../support/require-server.js';
import { useVersity } from '../support/versitygw.js';

requireServer('versitygw')('an S3 store on the command line', () => {
  const server = useVersity();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  const FILES = { 'a.txt': 'one', 'sub/b.bin': new Uint8Array(70_000).fill(7), 'sub/empty': '' };

  /** Keys in the environment, the endpoint as a flag: what a user with a server of his own writes. */
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const { accessKeyId, secretAccessKey, endpoint } = server();
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...more };
    return sandbox.run([...args, '--s3-endpoint-url', endpoint, '--region', 'us-east-1'], { env });
  };

  it.each(['direct', 'sdk'])('%s: a bucket that is missing is no store without objects', async (client) => {
    const tree = sandbox.tree(`verified-${client}`, FILES);
    const local = sandbox.tree(`local-${client}`, {});
    await sandbox.run(['manifest', 'snapshot', '--root', tree, '-d', local]);
    const [name = ''] = Object.keys(filesBelow(local));
    const verify = ['manifest', 'verify', join(local, name), '--s3-client', client, '--store'];
    const { code, stderr } = await run([...verify, 's3://no-such-bucket/farm', '--json']);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('no-such-bucket') });
    expect(stderr).toContain('NoSuchBucket');
    expect((await run([...verify, 's3://bucket/empty'])).code).toBe(3);
  });

  it.each(['direct', 'sdk'])('submits, submits again and downloads with --s3-client %s', async (client) => {
    const tree = sandbox.tree(`tree-${client}`, FILES);
    const store = ['--s3-root-uri', `s3://bucket/${client}`, '--s3-client', client];
    const first = await run(['submit', tree, ...store, '--json=envelope']);
    expect(first.stderr).toBe('');
    const { result, stats } = JSON.parse(first.stdout);
    expect(stats.upload).toMatchObject({ total_files: 3, processed_files: 3 });

    const again = await run(['submit', tree, ...store, '--json=envelope']);
    expect(JSON.parse(again.stdout).stats.upload).toMatchObject({ processed_files: 0, skipped_files: 3 });

    const key: string = result.manifests[0].inputManifestPath;
    const fetched = await run([
      'manifest',
      'download',
      sandbox.join(`manifests-${client}`),
      ...store,
      '--manifest-key',
      key,
    ]);
    expect(fetched.code).toBe(0);
    const manifest = Object.keys(filesBelow(sandbox.join(`manifests-${client}`)))[0] ?? '';
    const back = sandbox.join(`back-${client}`);
    const download = await run([
      ...[
        'attachment',
        'download',
        '-m',
        sandbox.join(`manifests-${client}`, manifest),
        '--destination',
        back,
      ],
      ...store,
    ]);
    expect(download.code).toBe(0);
    expect(Object.keys(filesBelow(back))).toEqual(Object.keys(FILES).sort());
    for (const [path, content] of Object.entries(FILES)) {
      expect(readFileSync(join(back, path))).toEqual(Buffer.from(content));
    }
  });

  it.each([
    ['direct', 'AWS_SECRET_ACCESS_KEY', 'SignatureDoesNotMatch', true],
    ['sdk', 'AWS_SECRET_ACCESS_KEY', 'SignatureDoesNotMatch', true],
    ['direct', 'AWS_ACCESS_KEY_ID', 'No user exists', false],
    ['sdk', 'AWS_ACCESS_KEY_ID', 'No user exists', false],
  ])('%s: a wrong %s is called wrong, also where HEAD hides it', async (client, name, reason, isHidden) => {
    const submit = ['submit', sandbox.tree('refused', FILES), '--store', `s3://bucket/refused-${client}`];
    const wrong = { [name]: 'AKIDWRONG' };
    const { code, stderr } = await run([...submit, '--s3-client', client, '--log-level', 'debug'], wrong);
    expect(code).toBe(1);
    const error = stderr.split('\n').find((line) => line.startsWith('Error: '));
    expect(error).toContain(reason);
    expect(error).toContain('the access key is wrong or was deleted');
    const refusedHead = /^DEBUG: headObject "s3:.*": the store answered 403 \(try 1, request id \w+\)$/m;
    expect(refusedHead.test(stderr)).toBe(isHidden);
    expect(stderr).toMatch(new RegExp(`^DEBUG: .*${reason}.* \\(try 1, request id \\w+\\)$`, 'm'));
  });

  it.each(['direct', 'sdk'])('%s: outputs of a directory store that was copied to S3', async (client) => {
    const local = sandbox.join(`local-store-${client}`);
    const store = await openStore(local);
    const ids = { farmId: 'farm-1', queueId: 'queue-1' };
    const action = { jobId: 'job-1', stepId: 'step-1', taskId: 'task-1', startTime: 1 };
    const { key } = await uploadOutputManifest({
      ...{ ...ids, store, assetRoot: '/mnt/größe' },
      manifest: v2023([{ path: 'out.exr', size: 1, hash: '0'.repeat(32), mtime: 1 }]),
      action: { ...action, sessionActionId: 'sessionaction-a-1' },
    });
    expect(key).toMatch(/_output$/);
    cpSync(local, join(server().directory, 'bucket', `copied-${client}`), { recursive: true });
    const where = ['--store', `s3://bucket/copied-${client}`, '--s3-client', client];
    const job = ['--farm-id', 'farm-1', '--queue-id', 'queue-1', '--job-id', 'job-1'];
    const args = ['manifest', 'download', sandbox.join(`outputs-${client}`), '--asset-type', 'output'];
    const { code, stdout, stderr } = await run([...args, ...where, ...job, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ downloaded: [{ manifest_root: '/mnt/größe' }] });
  });

  it('plans without sending anything', async () => {
    const tree = sandbox.tree('planned', { x: 'planned content' });
    await server().clearRequests();
    const { stdout, code } = await run(['submit', tree, '--store', 's3://bucket/plan', '--plan', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).result).toMatchObject({ files: 1 });
    expect(await server().count('PutObject')).toBe(0);
  });

  it.each(['direct', 'sdk'])('%s: plans nothing for a bucket that is missing', async (client) => {
    const tree = sandbox.tree('planned-nowhere', { x: 'planned content' });
    const store = ['--store', 's3://no-such-bucket/plan', '--s3-client', client];
    const { code, stderr, stdout } = await run(['submit', tree, ...store, '--plan']);
    expect([code, stderr, stdout]).toEqual([1, expect.stringContaining('NoSuchBucket'), '']);
  });

  it.each([
    [['--bucket-owner', 'somebody'], '"somebody"'],
    [['--region', 'us east'], '"us east"'],
    [['--s3-client', 'boto'], '--s3-client must be one of direct, sdk'],
    [['--existence', 'guess'], '--existence must be one of auto, head, list, put'],
  ])('%j is a usage error', async (flags, message) => {
    const args = ['submit', sandbox.tree('bad', { x: 'x' }), '--store', 's3://bucket/bad'];
    const { accessKeyId, secretAccessKey, endpoint } = server();
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const { code, stderr, stdout } = await sandbox.run([...args, '--endpoint-url', endpoint, ...flags], {
      env,
    });
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names bucket, operation, status and a way out when keys are wrong', async () => {
    const tree = sandbox.tree('denied', { x: 'denied content' });
    const { stderr, code } = await run(['submit', tree, '--store', 's3://bucket/denied'], {
      AWS_SECRET_ACCESS_KEY: 'not-the-secret-at-all',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/denied\/Data\/[0-9a-f]{32}\.xxh128/);
    expect(stderr).toContain('403');
    expect(stderr).not.toContain('not-the-secret-at-all');
  });

  it('names a bucket that does not exist', async () => {
    const tree = sandbox.tree('nowhere', { x: 'nowhere content' });
    const { stderr, code } = await run(['submit', tree, '--store', 's3://no-such-bucket/p', '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain('no-such-bucket');
  });

  it('shows where the settings of S3 come from', async () => {
    sandbox.write('deadline-config', '[settings]\ns3_max_pool_connections = 12\n');
    const { stdout } = await sandbox.run(['config', 'show', '--json', '--bucket-owner', 'none'], {
      env: { RX_ATTACHMENTS_REGION: 'eu-west-1' },
    });
    const settings: { name: string; value: string; origin: string }[] = JSON.parse(stdout).result.settings;
    const shown = (name: string) => settings.find((setting) => setting.name === name);
    expect(shown('bucket-owner')).toMatchObject({ value: 'none', origin: 'flag --bucket-owner' });
    expect(shown('region')).toMatchObject({ value: 'eu-west-1', origin: 'variable RX_ATTACHMENTS_REGION' });
    expect(shown('s3-max-connections')?.value).toBe('12');
  });
});
