/** Asset roots of a job's outputs: which one a manifest belongs to, and whether this host has such paths (spec/storage.md 1.6). */
import { type HexHash, nameHash } from './manifest-names.js';
import type { HostPaths } from './paths.js';

/** A root as the job names it. */
export interface JobRoot {
  readonly rootPath: string;
  readonly fileSystemLocationName?: string | undefined;
}

/** The root whose hash is in the last segment of `key`; nothing for a manifest of another job's root. */
export function rootOfOutput<R extends JobRoot>(
  key: string,
  roots: readonly R[],
  xxh128: HexHash,
): R | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return roots.find(({ rootPath, fileSystemLocationName }) =>
    name.includes(nameHash(rootPath, fileSystemLocationName, xxh128)),
  );
}

const WINDOWS_ABSOLUTE = /^(?:[A-Za-z]:[/\\]|\\\\)/;

/** Whether `root` is an absolute path by the rules of `host`. */
export function isAbsoluteOn(root: string, host: HostPaths): boolean {
  return host === 'windows' ? WINDOWS_ABSOLUTE.test(root) : root.startsWith('/');
}
