/** A job's output manifests in a store: what workers would have written. */
import { openDirectoryStore } from '../../src/backends/directory.js';
import type { StorageClient } from '../../src/backends/storage-client.js';
import { hasher } from '../../src/hashing/xxh128.js';
import { type Store, storeOf } from '../../src/presets/store.js';
import { uploadOutputManifest } from '../../src/presets/upload-manifests.js';
import { LOCATION, manifestOf, type TestStore, testStore } from './contents.js';
import { memoryStore } from './memory-store.js';

export const IDS = { farmId: 'farm-1', queueId: 'queue-1' };
export const JOB = { ...IDS, jobId: 'job-1' };

/** The kinds of store that everything here has to work over. */
export const STORES: readonly (readonly [string, (directory: string) => Promise<StorageClient>])[] = [
  ['memory', async () => memoryStore()],
  ['directory', (directory) => openDirectoryStore(directory, { xxh128: hasher, ...LOCATION })],
];

export interface Run {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly root?: string;
  readonly step?: string;
  readonly task?: string | undefined;
  readonly action?: string;
  /** Seconds since the epoch. */
  readonly startTime?: number;
  readonly mtime?: number;
}

/** Stores the files of one run and their manifest; gives the manifest's key. */
export async function storeOutputs(store: TestStore, run: Run): Promise<string> {
  const { root = '/mnt/out', step = 'step-1', action = 'sessionaction-a-1', startTime = 1 } = run;
  const task = 'task' in run ? run.task : 'task-1';
  const { key } = await uploadOutputManifest({
    ...IDS,
    store: plain(store),
    manifest: await manifestOf(store, run.files, run.mtime),
    assetRoot: root,
    action: { jobId: JOB.jobId, stepId: step, taskId: task, sessionActionId: action, startTime },
  });
  return key;
}

/** The store without counters and faults. */
function plain(store: TestStore): Store {
  return storeOf(store.inner, store.location);
}

export const outputStore = (inner?: StorageClient): TestStore => testStore(undefined, inner);
