/**
 * The roots of a partition and which entry belongs to which (spec/manifests.md 10.8).
 * Expects normal paths of one style; moves nothing.
 */
import { ManifestError } from './errors.js';
import type { DirEntry, FileEntry } from './manifest.js';
import { isAbsolutePath, isBelow, parentPath } from './paths.js';
import { quoted } from './quoted.js';

/** Entries of one root, still with their own paths. */
export interface Part {
  readonly files: FileEntry[];
  readonly dirs: DirEntry[];
}

/** Roots that the caller gave. */
export class ExplicitRoots {
  readonly #parts = new Map<string, Part>();
  readonly #above = new Set<string>();
  /** Directories that were asked about: many files share one. */
  readonly #known = new Map<string, Part | undefined>();

  /** Throws `ROOT_OVERLAP` for a root that is given twice or lies below another. */
  constructor(roots: readonly string[]) {
    for (const root of roots) {
      if (this.#parts.has(root)) throw overlap(root, root);
      this.#parts.set(root, { files: [], dirs: [] });
    }
    for (const root of roots) {
      for (const dir of dirsAbove(root)) {
        if (this.#parts.has(dir)) throw overlap(root, dir);
        this.#above.add(dir);
      }
    }
  }

  /** The part that a file lies in. Throws `PATH_CONFLICT` for a file where a root should be. */
  partOfFile(path: string): Part | undefined {
    if (!this.#parts.has(path)) return this.partOfDir(homeOf(path));
    throw new ManifestError('PATH_CONFLICT', `the root ${quoted(path)} is a file`, { path });
  }

  /** The part that a directory lies in, or is the root of. */
  partOfDir(dir: string): Part | undefined {
    if (this.#parts.size === 0) return undefined;
    if (!this.#known.has(dir)) {
      const root = [dir, ...dirsAbove(dir)].find((above) => this.#parts.has(above));
      this.#known.set(dir, root === undefined ? undefined : this.#parts.get(root));
    }
    return this.#known.get(dir);
  }

  /** Whether an explicit root lies below `dir`. */
  hasBelow(dir: string): boolean {
    return this.#above.has(dir);
  }

  parts(): [string, Part][] {
    return [...this.#parts];
  }
}

interface Group extends Part {
  common: string;
}

/**
 * Groups what no explicit root holds. A group is named by the shortest directory above its
 * entries that contains no explicit root: splitting the longest common directory until it
 * contains none ends with the same groups.
 */
export class AutomaticRoots {
  readonly #explicit: ExplicitRoots;
  readonly #groups = new Map<string, Group>();
  /** Directories that were added, with their group. */
  readonly #known = new Map<string, Group | undefined>();

  constructor(explicit: ExplicitRoots) {
    this.#explicit = explicit;
  }

  /** Throws `ROOT_OVERLAP` when the file's directory contains an explicit root. */
  addFile(file: FileEntry): void {
    const dir = homeOf(file.path);
    const group = this.#groupOf(dir);
    if (group !== undefined) {
      group.files.push(file);
      return;
    }
    const problem = `${quoted(file.path)} stands in ${quoted(dir)}, which contains an explicit root`;
    throw new ManifestError('ROOT_OVERLAP', `${problem}; give ${quoted(dir)} as the root instead`, {
      path: file.path,
    });
  }

  addDir(dir: DirEntry): void {
    this.#groupOf(dir.path)?.dirs.push(dir);
  }

  /** Widens the root that `path` falls in; a reference alone makes none. */
  addReference(path: string): void {
    if (this.#explicit.partOfDir(path) === undefined) this.#groupOf(path);
  }

  parts(): [string, Part][] {
    const filled = [...this.#groups.values()].filter(({ files, dirs }) => files.length + dirs.length > 0);
    return filled.map((group) => [group.common, group]);
  }

  /** The group that `dir` widens; none above an explicit root. */
  #groupOf(dir: string): Group | undefined {
    if (this.#known.has(dir)) return this.#known.get(dir);
    const name = [dir, ...dirsAbove(dir)].findLast((path) => !this.#explicit.hasBelow(path));
    const group = name === undefined ? undefined : this.#widened(name, dir);
    this.#known.set(dir, group);
    return group;
  }

  #widened(name: string, dir: string): Group {
    const group = this.#groups.get(name) ?? { common: dir, files: [], dirs: [] };
    group.common = commonDir(group.common, dir);
    this.#groups.set(name, group);
    return group;
  }
}

/** The directory that a file stands in. Throws `INVALID_PATH` for a file that is a whole drive or server. */
function homeOf(path: string): string {
  const parent = parentPath(path);
  if (parent !== undefined && parent !== '/') return parent;
  const root = rootOf(path);
  if (root !== path) return root;
  throw new ManifestError('INVALID_PATH', `${quoted(path)} cannot be a file`, { path });
}

/** Directories above `path`, nearest first, up to its anchor: `/`, `.`, a drive or a share. */
function dirsAbove(path: string): string[] {
  const anchor = rootOf(path);
  const dirs: string[] = [];
  for (let at: string | undefined = path; at !== undefined && at !== anchor; ) {
    at = parentPath(at) ?? anchor;
    dirs.push(at);
  }
  return dirs;
}

const SHARE = /^\/\/[^/]+(?:\/[^/]+)?/;

/** The highest directory that `path` can have: nothing above it is shared with another one. */
function rootOf(path: string): string {
  if (!isAbsolutePath(path)) return '.';
  if (!path.startsWith('/')) return path.slice(0, 2);
  return SHARE.exec(path)?.[0] ?? '/';
}

/** Longest directory that both lie at or below; they have the same anchor. */
function commonDir(a: string, b: string): string {
  if (a === b || a === '.' || isBelow(b, a)) return a;
  const above = new Set([a, ...dirsAbove(a)]);
  return [b, ...dirsAbove(b)].find((dir) => above.has(dir)) ?? rootOf(a);
}

function overlap(root: string, other: string): ManifestError {
  const problem =
    root === other ? `${quoted(root)} is given twice` : `${quoted(root)} lies below ${quoted(other)}`;
  return new ManifestError('ROOT_OVERLAP', `roots may not overlap: ${problem}`, { path: root });
}
