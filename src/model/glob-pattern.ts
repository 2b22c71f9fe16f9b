/**
 * One glob pattern (spec/files-and-submission.md 2.1): parts between separators, each for one
 * path component, and `**` for any number of directories. Knows nothing of a disk: that a
 * directory is a link is said by the caller.
 */
import { StorageError } from './errors.js';
import { compileName, type NameTest } from './glob-name.js';
import type { HostPaths } from './paths.js';

/** How patterns are read; the same for every pattern of one filter. */
export interface GlobRules {
  readonly caseSensitive: boolean;
  /** Wildcards match a leading dot. False: only a part that begins with a dot matches a name that does. */
  readonly dot: boolean;
  /** On `windows` a backslash separates parts and a drive makes a pattern absolute. */
  readonly host: HostPaths;
}

/** A pattern that cannot be used; code `InvalidGlobPattern`. */
export class InvalidGlobPatternError extends StorageError {
  constructor(
    readonly pattern: string,
    readonly reason: string,
  ) {
    super(
      'InvalidGlobPattern',
      `glob pattern ${JSON.stringify(pattern.slice(0, 200))} is refused: ${reason}`,
    );
  }
}

/** Where in a pattern a path may have got to, ascending; empty when it cannot match any more. */
export type GlobPositions = readonly number[];

interface Part {
  /** `**`: any number of directories. */
  readonly deep: boolean;
  /** `*` and nothing else. */
  readonly any: boolean;
  readonly beginsWithDot: boolean;
  readonly test: NameTest;
}

/**
 * A compiled pattern, walked component by component: `start`, then {@link advance} for each.
 * A whole path costs at most parts times components of name tests.
 */
export class GlobPattern {
  readonly start: GlobPositions;
  readonly #parts: readonly Part[];
  readonly #dot: boolean;

  /** Throws {@link InvalidGlobPatternError}. */
  constructor(pattern: string, rules: GlobRules) {
    this.#parts = splitPattern(pattern, rules).map((part) => compilePart(part, rules));
    this.#dot = rules.dot;
    this.start = this.#withSkipped([], 0);
  }

  /** Takes one more component. `linked` says that it is a link to a directory, which `**` does not enter. */
  advance(positions: GlobPositions, name: string, linked = false): GlobPositions {
    const hidden = !this.#dot && name.startsWith('.');
    const next: number[] = [];
    for (const at of positions) {
      const part = this.#parts[at];
      if (part === undefined || (hidden && !part.beginsWithDot)) continue;
      if (!part.deep && part.test(name)) this.#withSkipped(next, at + 1);
      else if (part.deep && !linked) this.#withSkipped(next, at);
    }
    return next;
  }

  /** Whether the components so far are a path that the pattern selects. */
  accepts(positions: GlobPositions): boolean {
    return positions.at(-1) === this.#parts.length;
  }

  /** Whether a path below the components so far could be selected. */
  reachesBelow(positions: GlobPositions): boolean {
    const first = positions[0];
    return first !== undefined && first < this.#parts.length;
  }

  /** Whether every path below is selected; with `dot: false`, every one without a hidden name. */
  coversBelow(positions: GlobPositions): boolean {
    const last = this.#parts.length - 1;
    return (
      positions.includes(last - 1) && this.#parts[last - 1]?.deep === true && this.#parts[last]?.any === true
    );
  }

  /** Whether a part that is still to come could ask for a hidden name. */
  namesHiddenBelow(positions: GlobPositions): boolean {
    const first = positions[0];
    return first !== undefined && this.#parts.slice(first).some((part) => part.beginsWithDot);
  }

  /** Adds a position and, where `**` stands there, the one behind it. Positions arrive in order or are known. */
  #withSkipped(positions: number[], at: number): number[] {
    const end = this.#parts[at]?.deep === true ? at + 1 : at;
    for (let each = at; each <= end; each++) {
      const last = positions.at(-1);
      if (last === undefined || each > last) positions.push(each);
    }
    return positions;
  }
}

function splitPattern(pattern: string, { host }: GlobRules): string[] {
  if (typeof pattern !== 'string') throw new InvalidGlobPatternError(String(pattern), 'it is no text');
  const slashed = host === 'windows' ? pattern.replaceAll('\\', '/') : pattern;
  const problem = patternProblem(slashed, host);
  if (problem !== undefined) throw new InvalidGlobPatternError(pattern, problem);
  const parts = slashed.split('/').filter((part) => part !== '' && part !== '.');
  // `**/**` says no more than `**`, and at the end it stands for names too, at least one.
  const once = parts.filter((part, at) => part !== '**' || parts[at + 1] !== '**');
  return once.at(-1) === '**' ? [...once, '*'] : once;
}

function patternProblem(slashed: string, host: HostPaths): string | undefined {
  if (slashed === '') return 'it is empty';
  if (slashed.includes('\0')) return 'it holds a NUL character';
  if (slashed.startsWith('/')) return 'it is absolute; patterns are relative to the root';
  if (host === 'windows' && /^[A-Za-z]:/.test(slashed))
    return 'it names a drive; patterns are relative to the root';
  return slashed.split('/').includes('..')
    ? 'it has a ".." part; nothing outside the root is selected'
    : undefined;
}

function compilePart(part: string, { caseSensitive }: GlobRules): Part {
  return {
    deep: part === '**',
    any: /^\*+$/.test(part) && part !== '**',
    beginsWithDot: part.startsWith('.'),
    test: compileName(part, caseSensitive),
  };
}
