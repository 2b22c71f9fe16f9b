/**
 * A job bundle in a program, without a service: its files, grouped by a storage profile, go to a directory, and what
 * CreateJob would be told of them is printed. With `deadline: await createDeadlineApi()`, a farm and a queue, and
 * without `store` and `dryRun`, the same call creates the job. Run as a test in test/examples/submission.test.ts.
 */
import { readFile } from 'node:fs/promises';
import {
  type CreateJobRequest,
  openStore,
  readStorageProfile,
  type SubmitQuestion,
  submitBundle,
} from 'rx-attachments';

export interface BundleJob {
  readonly bundleDir: string;
  /** JSON, as GetStorageProfileForQueue answers it. */
  readonly profileFile: string;
  /** Made when it is missing; it can be copied to S3 as it is. */
  readonly snapshotDir: string;
  /** Values of job parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Stores what the bundle refers to, prints the attachments, and gives the whole request. */
export async function attachBundle(
  job: BundleJob,
  print: (text: string) => void = console.log,
): Promise<CreateJobRequest> {
  const { bundleDir, profileFile, snapshotDir, parameters } = job;
  const storageProfile = readStorageProfile(JSON.parse(await readFile(profileFile, 'utf8')), profileFile);
  const store = await openStore(snapshotDir);
  try {
    const { request } = await submitBundle({
      ...{ bundleDir, store, storageProfile, onGrouped: refuseStrangers },
      given: new Map(Object.entries(parameters)),
      dryRun: 'print-request',
    });
    print(JSON.stringify(request.attachments, null, 2));
    return request;
  } finally {
    await store.close();
  }
}

/** Nobody can be asked here, so only places are taken that bundle, profile or parameters name. */
function refuseStrangers({ paths }: SubmitQuestion): void {
  if (paths.unknown.length > 0) throw new Error(`not among the known places: ${paths.unknown.join(', ')}`);
}
