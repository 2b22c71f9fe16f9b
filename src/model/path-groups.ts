/** Files of several v2023 manifests under one heading (spec/manifests.md 10.9). */
import type { HashAlg, ManifestV2023, PathV2023 } from './manifest.js';
import { requireV2023 } from './manifest-checks.js';
import { compareCodePoints } from './order.js';

/** Files by hash algorithm, with the declared size of all of them. Immutable. */
export class ManifestPathGroup {
  private constructor(
    readonly filesByAlgorithm: ReadonlyMap<HashAlg, readonly PathV2023[]>,
    /** Sum of the manifests' `totalSize` members, in bytes; not recomputed. */
    readonly totalBytes: number,
  ) {}

  /** The group of all files of `manifests`, duplicates kept. Throws `VERSION_MISMATCH`. */
  static of(manifests: Iterable<ManifestV2023>): ManifestPathGroup {
    const files = new Map<HashAlg, PathV2023[]>();
    let totalBytes = 0;
    for (const manifest of manifests) {
      requireV2023(manifest, 'path groups hold v2023 files');
      append(files, manifest.hashAlg, manifest.paths);
      totalBytes += manifest.totalSize;
    }
    return new ManifestPathGroup(files, totalBytes);
  }

  /** A group with the files of all `groups`, in their order; each total counts once. */
  static combine(groups: Iterable<ManifestPathGroup>): ManifestPathGroup {
    const files = new Map<HashAlg, PathV2023[]>();
    let totalBytes = 0;
    for (const group of groups) {
      for (const [algorithm, paths] of group.filesByAlgorithm) append(files, algorithm, paths);
      totalBytes += group.totalBytes;
    }
    return new ManifestPathGroup(files, totalBytes);
  }

  get fileCount(): number {
    let count = 0;
    for (const paths of this.filesByAlgorithm.values()) count += paths.length;
    return count;
  }

  /** Every path, duplicates kept, in code-point order. */
  getAllPaths(): string[] {
    const all: string[] = [];
    for (const paths of this.filesByAlgorithm.values()) for (const { path } of paths) all.push(path);
    return all.sort(compareCodePoints);
  }
}

function append(files: Map<HashAlg, PathV2023[]>, algorithm: HashAlg, paths: readonly PathV2023[]): void {
  const list = files.get(algorithm) ?? [];
  // Not spread into push: millions of arguments would overflow the stack.
  for (const path of paths) list.push(path);
  files.set(algorithm, list);
}
