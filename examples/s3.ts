/**
 * A store on S3 in a program: submit a tree at night's speed, fetch it elsewhere, and look at what it cost.
 * Run as a test in test/examples/s3.test.ts.
 */
import {
  decodeManifest,
  downloadManifestContents,
  openStore,
  planSubmit,
  type S3StoreOptions,
  type SubmitPlan,
  submitTree,
  sweepOrphans,
} from 'rx-attachments';

export interface MirrorOptions {
  readonly place: string;
  /** Region, endpoint, credentials; whatever is left out is found as the AWS SDK finds it. */
  readonly s3?: S3StoreOptions;
  readonly signal?: AbortSignal;
}

/** Submits `from`, writes its files to `to`, and gives the plan that was made before anything was sent. */
export async function mirror(from: string, to: string, options: MirrorOptions): Promise<SubmitPlan> {
  const { place, s3 = {}, signal } = options;
  const store = await openStore(place, { s3 });
  try {
    const run = { store, ...(signal && { signal }) };
    const plan = await planSubmit({ root: from, ...run });
    store.setBandwidth?.({ up: 100e6 }); // bytes per second, at any time, also while a transfer runs
    const { manifestKey } = await submitTree({ root: from, ...run });
    if (manifestKey === undefined) return plan; // an empty tree has no manifest
    const { data } = await store.client.getObject(store.location.bucket, manifestKey);
    await downloadManifestContents({ manifest: decodeManifest(data), root: to, ...run });
    await sweepOrphans(store.client, store.location, { olderThanHours: 24 }); // of processes that were killed
    return plan;
  } finally {
    await store.close();
  }
}
