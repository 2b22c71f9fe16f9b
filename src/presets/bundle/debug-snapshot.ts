/**
 * A debug snapshot of a submission (spec/files-and-submission.md 7.5): everything that makes the same job again by hand,
 * beside the `Data` and `Manifests` that the attachments went to. Calls nothing.
 */
import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import { makeDirectories } from '../../backends/make-directories.js';
import type { JobAttachmentSettings, Queue } from '../../deadline/deadline-api.js';
import type { CreateJobRequest } from '../../model/create-job-request.js';
import { localIoError } from '../../model/local-io.js';
import type { StorageProfile } from '../../model/storage-profile.js';
import { type Argument, posixScript, windowsScript } from './submit-scripts.js';

export interface DebugSnapshot {
  /** Made when it is missing. The attachments belong into it too: submit to the store that `openStore` makes of it. */
  readonly directory: string;
  readonly request: CreateJobRequest;
  readonly queue?: Queue;
  readonly storageProfile?: StorageProfile;
}

/** Writes `create_job_args.json`, `queue.json`, `storage_profile.json` and the scripts `submit_job.sh` and `submit_job.bat`. Rejects with `NoSpace` or `LocalIo`. */
export async function saveDebugSnapshot(snapshot: DebugSnapshot): Promise<void> {
  const { directory, request, queue, storageProfile } = snapshot;
  const files = new Map<string, string>([['create_job_args.json', json(request)]]);
  const args = Object.entries(request).map(([name, value]) => argumentOf(name, value, files));
  const bucket = request.attachments && queue?.jobAttachmentSettings;
  files.set('submit_job.sh', posixScript(args, placeOf(bucket)));
  files.set('submit_job.bat', windowsScript(args, placeOf(bucket)));
  if (queue) files.set('queue.json', json(queue));
  if (storageProfile) files.set('storage_profile.json', json(profileJson(storageProfile)));
  await makeDirectories(directory).catch((error: unknown) => {
    throw localIoError(error, { operation: 'saveDebugSnapshot', path: directory, side: 'target' });
  });
  for (const [name, text] of files) await write(join(directory, name), text, name.endsWith('.sh'));
}

async function write(path: string, text: string, isScript: boolean): Promise<void> {
  try {
    await fs.writeFile(path, text);
    if (isScript) await fs.chmod(path, 0o755);
  } catch (error) {
    throw localIoError(error, { operation: 'saveDebugSnapshot', path, side: 'target' });
  }
}

/** What the command line of the AWS tool can hold stands there; lists, objects and texts of several lines have files. */
function argumentOf(name: string, value: unknown, files: Map<string, string>): Argument {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const inFile = (suffix: string, text: string): Argument => {
    files.set(`${flag}_param.${suffix}`, text);
    return { flag, value: `file://${flag}_param.${suffix}` };
  };
  if (typeof value === 'object' && value !== null) return inFile('json', json(value));
  const text = String(value);
  return /[\r\n]/.test(text) ? inFile('data', text) : { flag, value: text };
}

function placeOf(settings: Partial<JobAttachmentSettings> | undefined): string | undefined {
  if (!settings?.s3BucketName) return undefined;
  return `s3://${settings.s3BucketName}/${settings.rootPrefix ?? ''}`;
}

/** As the service answers it. */
function profileJson({ locations, ...rest }: StorageProfile): object {
  const fileSystemLocations = locations.map(({ name, path, locationType }) => ({
    name,
    path,
    type: locationType,
  }));
  return { ...rest, fileSystemLocations };
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
