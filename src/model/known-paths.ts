/**
 * Paths that a user is known to work with (spec/files-and-submission.md 7.6): a submission
 * that leaves them asks first. A server is a part of its own here, so that it contains its shares.
 */
import { anchorOf, hostPathParts, hostPathText, isAbsoluteAnchor, splitHostPath } from './host-path.js';
import { lexicalHostPath } from './host-path-normal.js';
import { hostPathKey } from './host-path-order.js';
import type { HostPaths } from './paths.js';

export interface KnownPathsOptions {
  readonly format: HostPaths;
  /** What `~` stands for. Default: a path that begins with it is dropped. */
  readonly home?: string;
}

/**
 * The paths without those within others: fewest parts first, then as given. Empty and not
 * absolute ones are dropped, the rest is normal.
 */
export function reduceKnownPaths(paths: readonly string[], options: KnownPathsOptions): string[] {
  const candidates = paths
    .map((path) => knownPath(path, options))
    .filter((path) => path !== undefined)
    .map((path) => ({ path, parts: knownParts(path, options.format) }))
    .sort((a, b) => a.parts.length - b.parts.length);
  const kept: { readonly path: string; readonly parts: readonly string[] }[] = [];
  for (const candidate of candidates) {
    if (!kept.some(({ parts }) => isPrefix(parts, candidate.parts))) kept.push(candidate);
  }
  return kept.map(({ path }) => path);
}

const SERVER = /^[/\\]{2}([^/\\]+)[/\\]*$/;

function knownPath(given: string, { format, home }: KnownPathsOptions): string | undefined {
  const path = home === undefined ? given : withHome(given, home, format);
  const server = format === 'windows' ? SERVER.exec(path)?.[1] : undefined;
  if (server !== undefined && server !== '?' && server !== '.') return `\\\\${server}`;
  if (!isAbsoluteAnchor(anchorOf(path, format))) return undefined;
  return withoutShareEnd(lexicalHostPath(path, format), format);
}

function withHome(path: string, home: string, format: HostPaths): string {
  if (path === '~') return home;
  const isBelow = path.startsWith('~/') || (format === 'windows' && path.startsWith('~\\'));
  return isBelow ? `${home}${path.slice(1)}` : path;
}

/** A share alone is written without the separator that its anchor has. */
function withoutShareEnd(path: string, format: HostPaths): string {
  const { anchor, names } = splitHostPath(path, format);
  return names.length === 0 && anchor.startsWith('\\\\') ? anchor.slice(0, -1) : path;
}

/** Parts for comparison: a share counts as two. */
export function knownParts(path: string, format: HostPaths): string[] {
  const parts = hostPathParts(path, format).map((part) => hostPathKey(part, format));
  const [anchor = '', ...names] = parts;
  // A server alone has no anchor: it is split as a rooted path of one name.
  if (anchor === '\\') return names.map((name, index) => (index === 0 ? `\\\\${name}` : name));
  if (!anchor.startsWith('\\\\')) return parts;
  const [server = '', share = ''] = anchor.slice(2).split('\\');
  return [`\\\\${server}`, share, ...names];
}

function isPrefix(short: readonly string[], long: readonly string[]): boolean {
  return short.length <= long.length && short.every((part, at) => part === long[at]);
}

/** Tells whether a normal path is one of `knownPaths` or below one. */
export class KnownPaths {
  readonly #known: readonly (readonly string[])[];

  constructor(
    knownPaths: readonly string[],
    readonly options: KnownPathsOptions,
  ) {
    this.#known = reduceKnownPaths(knownPaths, options).map((path) => knownParts(path, options.format));
  }

  has(path: string): boolean {
    const parts = knownParts(path, this.options.format);
    return this.#known.some((known) => isPrefix(known, parts));
  }
}

/** The directory above a normal path; that of an anchor is the anchor. */
export function directoryOf(path: string, format: HostPaths): string {
  const { anchor, names } = splitHostPath(path, format);
  return hostPathText({ anchor, names: names.slice(0, -1) }, format);
}
