/** What a walk asks about paths. */

/** Which paths are wanted. A `GlobFilter` is one. */
export interface WalkFilter {
  /** Is this file wanted? */
  matches(path: string): boolean;
  /** True when nothing below this directory can be wanted: it is not entered. */
  prunes?(directory: string): boolean;
  /** True when a pattern reaches into this linked directory by a component of its own. */
  entersLink?(directory: string): boolean;
  /** The filter for what lies below a linked directory that was entered under `collapse_files`. */
  throughLink?(directory: string): WalkFilter;
}
