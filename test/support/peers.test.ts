import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PEERS } from '../../scripts/lib/peers.mjs';
import { runPythonJson, runS5cmd } from './peers.js';
import { requireServer } from './require-server.js';
import { tempDir } from './temp-dir.js';
import { useVersity } from './versitygw.js';

requireServer(
  'versitygw',
  'python',
  's5cmd',
)('programs of others', () => {
  const server = useVersity();
  const folder = tempDir('peers');

  it('are the pinned versions', async () => {
    const script = `
import importlib.metadata as m, json
print(json.dumps([m.version(n) for n in ('deadline', 'deadline-job-attachments', 'boto3')]))`;
    const versions = (await runPythonJson(script)) as string[];
    expect(PEERS.python.version).toBe(
      `deadline ${versions[0]}, deadline-job-attachments ${versions[1]}, boto3 ${versions[2]}`,
    );
    expect(await runS5cmd(['version'])).toContain(PEERS.s5cmd.version);
  });

  it('reach the server with its environment', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'from s5cmd');
    await runS5cmd(['cp', file, 's3://bucket/by/s5cmd'], { env: server().env() });
    const script = `
import boto3, json
s3 = boto3.client('s3')
s3.put_object(Bucket='bucket', Key='by/python', Body=b'from python', ExpectedBucketOwner='123456789012')
print(json.dumps(s3.get_object(Bucket='bucket', Key='by/s5cmd')['Body'].read().decode()))`;
    expect(await runPythonJson(script, { env: server().env() })).toBe('from s5cmd');
    expect(server().keys()).toEqual(['by/python', 'by/s5cmd']);
  });

  it('fail with what they printed', async () => {
    await expect(runPythonJson('raise SystemExit("no such thing")')).rejects.toThrow('no such thing');
  });
});

requireServer('versitygw', 'python')('the Python library over HTTPS', () => {
  const server = useVersity({ tls: true });

  it('trusts the private authority', async () => {
    const script = `
import boto3, json
print(json.dumps(boto3.client('s3').list_objects_v2(Bucket='bucket')['KeyCount']))`;
    expect(await runPythonJson(script, { env: server().env() })).toBe(0);
  });
});
