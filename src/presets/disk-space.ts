/** Whether a download fits, per volume, before anything is written (spec/storage.md 4.7). */
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DownloadContent, DownloadPlan, DownloadTarget } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import { localIoError } from '../model/local-io.js';
import { sizeText } from '../model/size-text.js';
import { CancelledError } from '../pipeline/errors.js';

/** Free bytes of the volume that holds an existing path; injected where a test needs a small one. */
export type FreeBytes = (path: string) => Promise<bigint>;

const freeBytes: FreeBytes = async (path) => {
  const { bavail, bsize } = await fs.statfs(path, { bigint: true });
  return bavail * bsize;
};

/** What a download asks of the disk, beside its plan. */
export interface DiskSpaceOptions {
  /** Whether a file stays as it is and needs no room. Asked only where there is too little for all. */
  readonly stays?: (target: DownloadTarget, content: DownloadContent) => Promise<boolean>;
  readonly free?: FreeBytes;
  readonly signal?: AbortSignal;
}

/**
 * Throws `InsufficientDisk` with both numbers when a volume has less room than the files
 * that will be written to it need. An overwritten file needs room beside the old one.
 */
export function checkDiskSpace(
  root: string,
  plan: DownloadPlan,
  { stays, ...options }: DiskSpaceOptions = {},
): Promise<void> {
  return checkSharedDiskSpace([{ root, plan, ...(stays && { stays }) }], options);
}

/** A download that shares its volumes with others. */
export interface DiskSpaceNeed extends Pick<DiskSpaceOptions, 'stays'> {
  readonly root: string;
  readonly plan: DownloadPlan;
}

/** As {@link checkDiskSpace}, for downloads that have to fit together. */
export async function checkSharedDiskSpace(
  downloads: readonly DiskSpaceNeed[],
  { free = freeBytes, signal }: Omit<DiskSpaceOptions, 'stays'> = {},
): Promise<void> {
  const volumes = new Volumes();
  let lacking = await firstLacking(await neededBytes(downloads, volumes, false, signal), free);
  if (lacking && downloads.some(({ stays }) => stays))
    lacking = await firstLacking(await neededBytes(downloads, volumes, true, signal), free);
  if (lacking) throw insufficient(lacking.directory, lacking.bytes, lacking.available);
}

interface Needed {
  /** An existing directory of the volume. */
  readonly directory: string;
  readonly bytes: bigint;
}

async function neededBytes(
  downloads: readonly DiskSpaceNeed[],
  volumes: Volumes,
  leaveOut: boolean,
  signal: AbortSignal | undefined,
): Promise<Needed[]> {
  const needed = new Map<string, Needed>();
  for (const { root, plan, stays } of downloads) {
    for (const content of plan.contents) {
      if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
      for (const target of content.targets) {
        if (leaveOut && stays && (await stays(target, content))) continue;
        const { id, directory } = await volumes.of(dirname(join(root, target.path)));
        const bytes = (needed.get(id)?.bytes ?? 0n) + BigInt(content.size);
        needed.set(id, { directory, bytes });
      }
    }
  }
  return [...needed.values()];
}

async function firstLacking(
  needed: readonly Needed[],
  free: FreeBytes,
): Promise<(Needed & { readonly available: bigint }) | undefined> {
  for (const need of needed) {
    const available = await free(need.directory);
    if (need.bytes > available) return { ...need, available };
  }
  return undefined;
}

interface Volume {
  /** Device number. */
  readonly id: string;
  /** An existing directory on it. */
  readonly directory: string;
}

/** The volume of each directory: that of its nearest existing parent. */
class Volumes {
  readonly #known = new Map<string, Volume>();

  async of(directory: string): Promise<Volume> {
    const known = this.#known.get(directory);
    if (known) return known;
    const volume = await this.#find(directory);
    this.#known.set(directory, volume);
    return volume;
  }

  async #find(directory: string): Promise<Volume> {
    try {
      return { id: String((await fs.stat(directory)).dev), directory };
    } catch (error) {
      const parent = dirname(directory);
      if (parent === directory)
        throw localIoError(error, { operation: 'download', path: directory, side: 'target' });
      return this.of(parent);
    }
  }
}

function insufficient(directory: string, needed: bigint, available: bigint): StorageError {
  const sizes = `${sizeText(Number(needed))} (${needed} bytes) are needed, ${sizeText(Number(available))} (${available} bytes) are free`;
  return new StorageError(
    'InsufficientDisk',
    `the download does not fit on the volume of ${JSON.stringify(directory)}: ${sizes}`,
    {
      operation: 'download',
      path: directory,
      hint: 'free space on the volume that holds the path, or choose another one',
    },
  );
}
