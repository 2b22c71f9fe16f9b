import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { saveDebugSnapshot } from '../../../src/presets/bundle/debug-snapshot.js';
import { submitBundle } from '../../../src/presets/bundle/submit-bundle.js';
import { openStore } from '../../../src/presets/open-store.js';
import { memoryDeadline } from '../../support/memory-deadline.js';
import { tempDir } from '../../support/temp-dir.js';

const base = tempDir('debug-snapshot');
const TEMPLATE = "specificationVersion: jobtemplate-2023-09\nname: it's\nsteps: []\n";

async function snapshot(name: string): Promise<string> {
  const [bundleDir, directory] = [join(base, name, 'bundle'), join(base, name, 'snapshot')];
  mkdirSync(bundleDir, { recursive: true });
  writeFileSync(join(bundleDir, 'template.yaml'), TEMPLATE);
  writeFileSync(join(bundleDir, 'scene.ma'), 'scene');
  const references = { assetReferences: { inputs: { filenames: [join(bundleDir, 'scene.ma')] } } };
  writeFileSync(join(bundleDir, 'asset_references.json'), JSON.stringify(references));
  const jobAttachmentSettings = { s3BucketName: 'bucket', rootPrefix: 'Prefix' };
  const deadline = memoryDeadline({
    queue: { displayName: 'Nuke', jobAttachmentSettings, createdAt: new Date(0) },
  });
  const storageProfile = {
    ...{ storageProfileId: 'sp 1', displayName: 'P', osFamily: 'linux' as const },
    locations: [{ name: 'Lib', path: '/lib', locationType: 'SHARED' as const }],
  };
  const ids = { farmId: 'farm-1', queueId: 'queue-1' };
  const store = await openStore(directory);
  const { request, queue } = await submitBundle({
    ...{ ...ids, bundleDir, deadline, store, storageProfile, dryRun: 'print-request' },
    settings: { targetTaskRunStatus: "READY'$(x)" },
  });
  await store.close();
  expect(deadline.created).toEqual([]);
  await saveDebugSnapshot({ directory, request, storageProfile, ...(queue && { queue }) });
  return directory;
}

const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

it('holds all that makes the job again', async () => {
  const directory = await snapshot('files');
  expect(
    readdirSync(directory)
      .filter((name) => !name.startsWith('.'))
      .sort(),
  ).toEqual([
    ...['Data', 'Manifests', 'attachments_param.json', 'create_job_args.json', 'queue.json'],
    ...['storage_profile.json', 'submit_job.bat', 'submit_job.sh', 'template_param.data'],
  ]);
  expect(json(directory, 'create_job_args.json')).toMatchObject({ template: TEMPLATE, templateType: 'YAML' });
  expect(json(directory, 'attachments_param.json')).toMatchObject({ fileSystem: 'COPIED' });
  expect(json(directory, 'queue.json')).toMatchObject({
    displayName: 'Nuke',
    createdAt: '1970-01-01T00:00:00.000Z',
  });
  expect(json(directory, 'storage_profile.json')).toEqual({
    ...{ storageProfileId: 'sp 1', displayName: 'P', osFamily: 'linux' },
    fileSystemLocations: [{ name: 'Lib', path: '/lib', type: 'SHARED' }],
  });
  expect(readFileSync(join(directory, 'template_param.data'), 'utf8')).toBe(TEMPLATE);
  expect(statSync(join(directory, 'submit_job.sh')).mode & 0o100).toBe(0o100);
});

it('the script gives the AWS tool every argument as it is', async () => {
  const directory = await snapshot('script');
  const tools = join(base, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'aws'), '#!/bin/sh\nprintf "[%s]" "$@"\necho\n', { mode: 0o755 });
  const env = { ...process.env, PATH: `${tools}:${process.env['PATH']}` };
  const lines = execFileSync(join(directory, 'submit_job.sh'), { env, cwd: '/' })
    .toString()
    .trim()
    .split('\n');
  expect(lines.slice(0, 2)).toEqual([
    '[s3][cp][--recursive][./Data][s3://bucket/Prefix/Data]',
    '[s3][cp][--recursive][./Manifests][s3://bucket/Prefix/Manifests]',
  ]);
  expect(lines[2]).toContain('[deadline][create-job][--farm-id][farm-1][--queue-id][queue-1]');
  expect(lines[2]).toContain('[--template][file://template_param.data][--template-type][YAML]');
  expect(lines[2]).toContain('[--storage-profile-id][sp 1][--attachments][file://attachments_param.json]');
  expect(lines[2]).toContain("[--target-task-run-status][READY'$(x)]");
});

it('the batch file quotes what Windows would take apart', async () => {
  const directory = await snapshot('batch');
  const text = readFileSync(join(directory, 'submit_job.bat'), 'utf8');
  expect(text).toMatch(/^cd \/d "%~dp0"\r\n/);
  expect(text).toContain('--storage-profile-id "sp 1" ^\r\n');
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
});
