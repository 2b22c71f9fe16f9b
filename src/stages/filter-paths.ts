/** Stage: keeps the entries whose paths a filter accepts. Sits behind a source; knows paths only. */
import { filterLeased } from '../pipeline/filter-leased.js';
import type { Stage } from '../pipeline/types.js';

/** A `GlobFilter` is one. */
export interface PathFilter {
  matches(path: string): boolean;
}

/**
 * Drops every entry that `filter` does not accept and gives its lease back.
 *
 * - Shape: one in, one or none out; order is kept.
 * - Source: spec/files-and-submission.md 2.1, where the pattern language is.
 */
export function filterPaths<T extends { readonly path: string }>(filter: PathFilter): Stage<T, T> {
  return (ctx) => filterLeased(ctx, ({ path }) => filter.matches(path));
}
