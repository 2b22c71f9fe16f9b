/**
 * The file selection of `manifest snapshot` and `manifest diff`: names with a leading dot are
 * left out unless `--hidden`, and counted, so that the user is told (spec/files-and-submission.md 2.1).
 */
import { GlobFilter, type WalkFilter } from '../index.js';
import type { CommandContext, CommandFlags } from './command.js';
import { flagSwitch } from './options/flags.js';
import { globFilter } from './options/glob-flags.js';

/** A filter that selects what `visible` selects and counts what only `all` does. */
export class CountingFilter implements WalkFilter {
  readonly #visible: GlobFilter;
  readonly #all: GlobFilter;
  readonly #hidden = new Set<string>();

  constructor(visible: GlobFilter, all: GlobFilter) {
    this.#visible = visible;
    this.#all = all;
  }

  /** Hidden files that were left out so far. */
  get hidden(): number {
    return this.#hidden.size;
  }

  matches(path: string): boolean {
    if (this.#visible.matches(path)) return true;
    if (this.#all.matches(path)) this.#hidden.add(path);
    return false;
  }

  /** Hidden directories are entered, or their files could not be counted. */
  prunes(directory: string): boolean {
    return this.#all.prunes(directory);
  }

  entersLink(directory: string): boolean {
    return this.#all.entersLink(directory);
  }
}

/** Runs `body` with the selection of the flags, then warns once of what it left out. */
export async function withVisibleFiles<T>(
  context: CommandContext,
  flags: CommandFlags,
  body: (filter: WalkFilter | undefined) => Promise<T>,
): Promise<T> {
  const all = globFilter(context.cwd, flags);
  if (flagSwitch(flags, 'hidden')) return await body(all);
  const visible = globFilter(context.cwd, flags, false);
  if (!visible) return await body(all);
  const filter = new CountingFilter(visible, all ?? new GlobFilter());
  const result = await body(filter);
  warn(context, filter.hidden);
  return result;
}

function warn(context: CommandContext, hidden: number): void {
  if (hidden === 0) return;
  const files = hidden === 1 ? '1 hidden file was' : `${hidden} hidden files were`;
  context.log('warning', `${files} left out; --hidden includes names with a leading dot`);
}
