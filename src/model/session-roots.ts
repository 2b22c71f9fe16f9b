/**
 * Where the roots of a job go in a worker's session, and the rules that tell its tasks
 * (spec/files-and-submission.md 5.3, spec/worker-and-cli.md 1.3). The hash is handed in.
 */
import { ValidationError } from './errors.js';
import { separatorOf } from './host-path.js';
import { type HexHash, sessionDirName } from './manifest-names.js';
import { PathMapper } from './path-mapper.js';
import { longestFirst, type PathMappingRule } from './path-mapping-rule.js';
import type { HostPaths } from './paths.js';

/** A root as the job names it. */
export interface SessionRoot {
  readonly rootPath: string;
  readonly rootPathFormat: HostPaths;
  /** Empty counts as none. */
  readonly fileSystemLocationName?: string | undefined;
}

/**
 * What happens to a root of a location that no storage rule names: `error`; `session`: if the
 * session has no storage rules at all, it is treated as a root without location;
 * `containing`: the longest rule that contains the root moves it.
 */
export type NamedRootFallback = 'error' | 'session' | 'containing';

export interface SessionRootsOptions {
  readonly sessionDir: string;
  readonly host: HostPaths;
  /** Destinations by source path, which is compared as text. Default: none. */
  readonly storageProfileRules?: ReadonlyMap<string, string>;
  /** Default {@link SESSION_ROOTS_DEFAULTS}. */
  readonly namedRootFallback?: NamedRootFallback;
  /** 10 bytes of SHAKE-256 as hex digits. */
  readonly shake256: HexHash;
}
export const SESSION_ROOTS_DEFAULTS = {
  namedRootFallback: 'error',
} as const satisfies Partial<SessionRootsOptions>;

/** The local directory of one root. Throws `AssetSyncError` for a root of a location without a rule. */
export function localRootOf(root: SessionRoot, options: SessionRootsOptions): string {
  if (isInSession(root, options)) return sessionRoot(root, options);
  const destination = options.storageProfileRules?.get(root.rootPath) ?? containing(root, options);
  if (destination !== undefined) return destination;
  throw new ValidationError(
    'AssetSyncError',
    `Error occurred while attempting to sync input files: No path mapping rule found for the source path ${root.rootPath}`,
  );
}

function isInSession(
  { fileSystemLocationName = '' }: SessionRoot,
  { storageProfileRules, namedRootFallback = SESSION_ROOTS_DEFAULTS.namedRootFallback }: SessionRootsOptions,
): boolean {
  if (fileSystemLocationName === '') return true;
  return namedRootFallback === 'session' && (storageProfileRules?.size ?? 0) === 0;
}

function sessionRoot({ rootPath }: SessionRoot, { sessionDir, host, shake256 }: SessionRootsOptions): string {
  return `${sessionDir}${separatorOf(host)}${sessionDirName(rootPath, shake256)}`;
}

function containing(root: SessionRoot, options: SessionRootsOptions): string | undefined {
  if (options.namedRootFallback !== 'containing') return undefined;
  const rules = [...(options.storageProfileRules ?? [])].map(([sourcePath, destinationPath]) => ({
    ...{ sourcePath, destinationPath },
    sourcePathFormat: root.rootPathFormat,
  }));
  return new PathMapper(rules, options.host).find(root.rootPath);
}

/**
 * One rule per distinct root that goes to the session directory, most parts first. Roots that
 * storage rules place have none here.
 */
export function sessionMappingRules(
  roots: readonly SessionRoot[],
  options: SessionRootsOptions,
): PathMappingRule[] {
  const rules = new Map<string, PathMappingRule>();
  for (const root of roots) {
    if (!isInSession(root, options) || rules.has(root.rootPath)) continue;
    rules.set(root.rootPath, {
      sourcePathFormat: root.rootPathFormat,
      sourcePath: root.rootPath,
      destinationPath: sessionRoot(root, options),
    });
  }
  return longestFirst([...rules.values()]);
}
