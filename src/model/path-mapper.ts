/**
 * Applies path mapping rules (spec/files-and-submission.md 5.4): by whole parts, the longest
 * rule wins. `..` survives, so whoever writes to a mapped path makes it normal and checks that
 * it stays where it should.
 */
import { StorageError } from './errors.js';
import { hostPathParts, separatorOf } from './host-path.js';
import { normalizeHostPath } from './host-path-normal.js';
import { hostPathKey } from './host-path-order.js';
import type { Manifest } from './manifest.js';
import type { PathMappingRule } from './path-mapping-rule.js';
import type { HostPaths } from './paths.js';
import { quoted } from './quoted.js';
import { joinManifestPath } from './relative-host-path.js';
import { normalizeRoot } from './root-path.js';

/** A rule whose source is a list of parts; deeper ones hang below it. */
interface RuleNode {
  destination?: string;
  readonly below: Map<string, RuleNode>;
}

export class PathMapper {
  readonly #root: RuleNode = { below: new Map() };
  readonly #format: HostPaths | undefined;

  /** Of rules with one source the last counts. Throws `InvalidConfig` for an empty source, and for rules of two formats. */
  constructor(
    rules: readonly PathMappingRule[],
    readonly host: HostPaths,
  ) {
    this.#format = rules[0]?.sourcePathFormat;
    for (const rule of rules) this.#add(rule);
  }

  /** `path` where its rule leads, in the form of this host; nothing where no rule fits. */
  find(path: string): string | undefined {
    if (this.#format === undefined) return undefined;
    const parts = hostPathParts(path, this.#format);
    const found = this.#longest(parts, this.#format);
    return found && this.#below(found.destination, parts.slice(found.length));
  }

  /** `path` where its rule leads; without a rule the text as it is. */
  transform(path: string): string {
    return this.find(path) ?? path;
  }

  /** As {@link transform}; throws `InvalidPath` where no rule fits. */
  strictTransform(path: string): string {
    const mapped = this.find(path);
    if (mapped !== undefined) return mapped;
    throw new StorageError('InvalidPath', `no path mapping rule fits ${quoted(path)}`, { path });
  }

  #add({ sourcePathFormat, sourcePath, destinationPath }: PathMappingRule): void {
    if (sourcePathFormat !== this.#format) {
      throw new StorageError(
        'InvalidConfig',
        `path mapping rules must have one source format, not ${this.#format} and ${sourcePathFormat}`,
      );
    }
    if (sourcePath === '') throw new StorageError('InvalidConfig', 'a path mapping rule has no source path');
    let node = this.#root;
    for (const part of hostPathParts(sourcePath, sourcePathFormat)) {
      const key = hostPathKey(part, sourcePathFormat);
      const next: RuleNode = node.below.get(key) ?? { below: new Map() };
      node.below.set(key, next);
      node = next;
    }
    node.destination = normalizeRoot(destinationPath, this.host);
  }

  #longest(
    parts: readonly string[],
    format: HostPaths,
  ): { readonly destination: string; readonly length: number } | undefined {
    let found: { readonly destination: string; readonly length: number } | undefined;
    let node: RuleNode | undefined = this.#root;
    for (let length = 0; node; length += 1) {
      if (node.destination !== undefined) found = { destination: node.destination, length };
      node = node.below.get(hostPathKey(parts[length] ?? '', format));
    }
    return found;
  }

  #below(destination: string, rest: readonly string[]): string {
    if (rest.length === 0) return destination;
    const separator = separatorOf(this.host);
    const lead = destination.endsWith(separator) ? destination : `${destination}${separator}`;
    return lead + rest.join(separator);
  }
}

/** Where the entries of a manifest belong on this host. */
export interface ResolvedPaths {
  /** Local paths by the manifest's own; not yet checked for `..`. */
  readonly resolved: ReadonlyMap<string, string>;
  /** Manifest paths that no rule fits. */
  readonly unmapped: readonly string[];
}

/**
 * The files of `manifest`, whose root is `rootPath` by the rules of `format`, as `mapper`
 * moves them. Throws `PathOutsideRoot` for a path that leaves the root.
 */
export function resolveManifestPaths(
  manifest: Manifest,
  rootPath: string,
  format: HostPaths,
  mapper: PathMapper,
): ResolvedPaths {
  const resolved = new Map<string, string>();
  const unmapped: string[] = [];
  const entries = manifest.version === 'v2023-03-03' ? manifest.paths : manifest.files;
  for (const { path } of entries) {
    const source = normalizeHostPath(joinManifestPath(rootPath, path, format), format, rootPath);
    const local = mapper.find(source);
    if (local === undefined) unmapped.push(path);
    else resolved.set(path, local);
  }
  return { resolved, unmapped };
}
