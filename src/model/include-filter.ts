/**
 * Which files of a download are wanted (spec/worker-and-cli.md 3.2): patterns over the whole
 * path, root included, in which `*` and `?` cross `/`. Not the patterns of submissions,
 * which are in glob-filter.ts.
 */
import { compileName } from './glob-name.js';
import type { HostPaths } from './paths.js';

/** Tells whether the file `path` below `root` is wanted. */
export type IncludeFilter = (root: string, path: string) => boolean;

/** The filter of `patterns`, any of which suffices; nothing where all are empty, which means every file. */
export function includeFilter(patterns: readonly string[], host: HostPaths): IncludeFilter | undefined {
  const tests = patterns
    .map(normalised)
    .filter((pattern) => pattern !== '')
    .map((pattern) => compileName(anchored(pattern), host === 'posix'));
  if (tests.length === 0) return undefined;
  return (root, path) => {
    const whole = joined(root, path);
    return tests.some((test) => test(whole));
  };
}

function normalised(pattern: string): string {
  return pattern.replaceAll('\\', '/').replace(/^\.\//, '').replaceAll('//', '/');
}

/** A pattern that does not begin at a root may begin at any directory; one for a directory means what is in it. */
function anchored(pattern: string): string {
  const begun = /^(?:[/*]|[A-Za-z]:)/.test(pattern) ? pattern : `*/${pattern}`;
  return begun.endsWith('/') ? `${begun}*` : begun;
}

function joined(root: string, path: string): string {
  const slashed = root.replaceAll('\\', '/');
  return `${slashed.endsWith('/') ? slashed : `${slashed}/`}${path.replaceAll('\\', '/')}`;
}
