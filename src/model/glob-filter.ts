/**
 * Which files of a tree are wanted, and which directories a walk needs to enter for them
 * (spec/files-and-submission.md 2.1). Pure: it is told paths, it does not walk.
 */
import { StorageError } from './errors.js';
import { GlobPattern, type GlobPositions, type GlobRules } from './glob-pattern.js';
import type { HostPaths } from './paths.js';

export interface GlobFilterOptions {
  /** Patterns of which one must match; a string is one pattern. Absent or an empty list: every file. */
  readonly include?: string | readonly string[];
  /** Patterns of which none may match; absent or an empty list: nothing is left out. */
  readonly exclude?: string | readonly string[];
  /** Default: true on `posix`, false on `windows`. */
  readonly caseSensitive?: boolean;
  /** Wildcards match names with a leading dot. */
  readonly dot?: boolean;
  /** Whose separators the patterns use. */
  readonly host?: HostPaths;
}
export const GLOB_FILTER_DEFAULTS = {
  include: ['**/*'],
  exclude: [],
  dot: true,
  host: 'posix',
} as const satisfies GlobFilterOptions;

/** Where each pattern is below a directory. */
interface DirectoryPositions {
  readonly path: string;
  readonly include: readonly GlobPositions[];
  readonly exclude: readonly GlobPositions[];
}

const NO_LINKS: ReadonlySet<string> = new Set();

/**
 * A set of include and exclude patterns; exclude always wins.
 *
 * - Paths: relative to the root, `/` between the components, on every host.
 * - Errors: from the constructor, `InvalidGlobPatternError`, and `InvalidConfig` for what is no pattern at all.
 */
export class GlobFilter {
  readonly #options: GlobFilterOptions;
  readonly #rules: GlobRules;
  readonly #include: readonly GlobPattern[];
  readonly #exclude: readonly GlobPattern[];
  /** Linked directories on the way, into which no `**` of an include reaches. */
  #links = NO_LINKS;
  #lastDirectory: DirectoryPositions | undefined;

  constructor(options: GlobFilterOptions = {}) {
    const { dot = GLOB_FILTER_DEFAULTS.dot, host = GLOB_FILTER_DEFAULTS.host } = options;
    this.#rules = { dot, host, caseSensitive: options.caseSensitive ?? host === 'posix' };
    const include = patternList('include', options.include);
    const exclude = patternList('exclude', options.exclude);
    this.#options = { ...options, include, exclude };
    this.#include = this.#compile(include.length > 0 ? include : GLOB_FILTER_DEFAULTS.include);
    this.#exclude = this.#compile(exclude.length > 0 ? exclude : GLOB_FILTER_DEFAULTS.exclude);
  }

  /** Whether the file at `relativePath` is selected. */
  matches(relativePath: string): boolean {
    const cut = relativePath.lastIndexOf('/');
    const name = relativePath.slice(cut + 1);
    if (name === '') return false;
    const { include, exclude } = this.#positionsIn(cut < 0 ? '' : relativePath.slice(0, cut));
    const selects = (positions: readonly GlobPositions[]) => (pattern: GlobPattern, index: number) =>
      pattern.accepts(pattern.advance(positions[index] ?? [], name));
    return this.#include.some(selects(include)) && !this.#exclude.some(selects(exclude));
  }

  /** True when nothing below the directory can be selected, so that a walk need not enter it. The root is `''`. */
  prunes(directoryPath: string): boolean {
    return !this.enters(directoryPath) || this.#excludesAllBelow(directoryPath);
  }

  /**
   * Whether an include pattern could select something below the directory. With `viaLink` the
   * directory is a link: only a part other than `**` leads into it (the rule of `collapse_files`).
   */
  enters(directoryPath: string, viaLink = false): boolean {
    const links = viaLink ? new Set([...this.#links, directoryPath]) : this.#links;
    return this.#include.some((pattern) => pattern.reachesBelow(positionsAt(pattern, directoryPath, links)));
  }

  /** Whether a pattern names or matches this linked directory and goes on below it: `enters(path, true)`. */
  entersLink(directoryPath: string): boolean {
    return this.enters(directoryPath, true);
  }

  /**
   * The filter for what lies below a linked directory that was entered under `collapse_files`:
   * there a path counts only if no `**` had to pass the link. Excludes hold as everywhere.
   */
  throughLink(directoryPath: string): GlobFilter {
    const narrower = new GlobFilter(this.#options);
    narrower.#links = new Set([...this.#links, directoryPath]);
    return narrower;
  }

  /** `x/**` hides the whole of `x`, but with `dot: false` only what has no hidden name, which an include may ask for. */
  #excludesAllBelow(directoryPath: string): boolean {
    if (!this.#exclude.some((pattern) => pattern.coversBelow(positionsAt(pattern, directoryPath))))
      return false;
    if (this.#rules.dot) return true;
    return !this.#include.some((pattern) => pattern.namesHiddenBelow(positionsAt(pattern, directoryPath)));
  }

  /** Remembers the directory asked for last: a walk asks for its files one after the other. */
  #positionsIn(path: string): DirectoryPositions {
    if (this.#lastDirectory?.path !== path) {
      const include = this.#include.map((pattern) => positionsAt(pattern, path, this.#links));
      const exclude = this.#exclude.map((pattern) => positionsAt(pattern, path));
      this.#lastDirectory = { path, include, exclude };
    }
    return this.#lastDirectory;
  }

  #compile(patterns: readonly string[]): GlobPattern[] {
    return patterns.map((pattern) => new GlobPattern(pattern, this.#rules));
  }
}

/** Wraps what a pattern would read as a wildcard, so that `text` matches itself alone. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[]/g, '[$&]');
}

function patternList(
  option: 'include' | 'exclude',
  patterns: GlobFilterOptions['include'] = [],
): readonly string[] {
  if (typeof patterns === 'string') return [patterns];
  if (Array.isArray(patterns)) return [...(patterns as readonly string[])];
  throw new StorageError(
    'InvalidConfig',
    `${option}: must be a pattern or a list of patterns, not ${String(patterns)}`,
  );
}

/** Where `pattern` is after all components of `path`; the empty path has none. */
function positionsAt(pattern: GlobPattern, path: string, links = NO_LINKS): GlobPositions {
  let positions = pattern.start;
  for (let from = 0; from < path.length && positions.length > 0; ) {
    const slash = path.indexOf('/', from);
    const end = slash < 0 ? path.length : slash;
    const linked = links.size > 0 && links.has(path.slice(0, end));
    positions = pattern.advance(positions, path.slice(from, end), linked);
    from = end + 1;
  }
  return positions;
}
