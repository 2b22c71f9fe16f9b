/**
 * Which file system location a path belongs to (spec/files-and-submission.md 6.2, tests d and
 * e). Compares texts; what links resolve to is handed in.
 */
import { StorageError } from './errors.js';
import { hostPathParts } from './host-path.js';
import { hostPathKey, isKeyWithin } from './host-path-order.js';
import type { HostPaths } from './paths.js';
import { quoted, shown } from './quoted.js';
import { type FileSystemLocation, locationPath } from './storage-profile.js';

/** A path with its links resolved, last part included, as far as it exists. */
export type RealPath = (path: string) => string;

/** A LOCAL location: its key tells it from every other, its name is what the worker maps. */
export interface LocalLocation {
  readonly key: string;
  readonly name: string;
}

/** A path's place: `shared` is not uploaded, nothing means that no location holds it. */
export type LocationOfPath = 'shared' | LocalLocation | undefined;

/** A type that is none would pass for LOCAL, and what is shared would be uploaded. */
function checkType({ name, locationType }: FileSystemLocation): void {
  if (locationType === 'LOCAL' || locationType === 'SHARED') return;
  throw new StorageError(
    'InvalidConfig',
    `locationType of the file system location ${quoted(name)} must be LOCAL or SHARED, not ${shown(locationType)}`,
  );
}

export class LocationIndex {
  /** Longest first. */
  readonly #local: readonly LocalLocation[];
  readonly #shared: readonly string[];

  /**
   * Of locations with one path the last one's name counts, and SHARED beats LOCAL. `realPath`
   * resolves the locations' own paths; leave it out to compare texts. Throws `InvalidConfig`
   * for a path that is not absolute and for an unknown type.
   */
  constructor(
    locations: readonly FileSystemLocation[],
    readonly format: HostPaths,
    realPath: RealPath = (path) => path,
  ) {
    const shared = new Set<string>();
    const local = new Map<string, { readonly name: string; readonly depth: number }>();
    for (const location of locations) {
      checkType(location);
      const path = realPath(locationPath(location, format));
      const key = hostPathKey(path, format);
      if (location.locationType === 'SHARED') shared.add(key);
      else local.set(key, { name: location.name, depth: hostPathParts(path, format).length });
    }
    this.#shared = [...shared];
    this.#local = [...local]
      .sort(([, a], [, b]) => b.depth - a.depth)
      .map(([key, { name }]) => ({ key, name }));
  }

  /** Whether there is no location at all, so that no path has to be resolved. */
  get isEmpty(): boolean {
    return this.#local.length + this.#shared.length === 0;
  }

  /** The place of a normal path, its links resolved in the same way as those of the locations. */
  find(path: string): LocationOfPath {
    const key = hostPathKey(path, this.format);
    if (this.#shared.some((dir) => isKeyWithin(key, dir, this.format))) return 'shared';
    return this.#local.find((location) => isKeyWithin(key, location.key, this.format));
  }
}
