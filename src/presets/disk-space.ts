/** Whether a download fits, per volume, before anything is written (spec/storage.md 4.7). */
import { promises as fs } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DownloadPlan } from '../model/download-plan.js';
import { StorageError } from '../model/errors.js';
import { localIoError } from '../model/local-io.js';
import { sizeText } from '../model/size-text.js';
import type { ConflictResolution } from '../stages/resolve-conflicts.js';

/** Free bytes of the volume that holds an existing path; injected where a test needs a small one. */
export type FreeBytes = (path: string) => Promise<bigint>;

const freeBytes: FreeBytes = async (path) => {
  const { bavail, bsize } = await fs.statfs(path, { bigint: true });
  return bavail * bsize;
};

/** Throws `InsufficientDisk` with both numbers when a volume has less room than its files need. Files that `SKIP` leaves alone need none. */
export async function checkDiskSpace(
  root: string,
  plan: DownloadPlan,
  conflictResolution: ConflictResolution,
  free: FreeBytes = freeBytes,
): Promise<void> {
  const volumes = new Volumes();
  const needed = new Map<string, { bytes: bigint; directory: string }>();
  for (const { size, targets } of plan.contents) {
    for (const { path } of targets) {
      const local = join(root, path);
      if (conflictResolution === 'SKIP' && (await exists(local))) continue;
      const volume = await volumes.of(dirname(local));
      const sum = needed.get(volume.id) ?? { bytes: 0n, directory: volume.directory };
      needed.set(volume.id, { ...sum, bytes: sum.bytes + BigInt(size) });
    }
  }
  for (const { bytes, directory } of needed.values()) {
    const available = await free(directory);
    if (bytes > available) throw insufficient(directory, bytes, available);
  }
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

async function exists(path: string): Promise<boolean> {
  return fs.lstat(path).then(
    () => true,
    () => false,
  );
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
