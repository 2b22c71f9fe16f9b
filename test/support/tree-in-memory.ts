/**
 * A walk over the trees of the submission fixtures without a disk: what a GlobFilter lets a
 * walk select under `collapse_files` and `collapse_all` (spec/files-and-submission.md 1.3).
 * Link targets are resolved by text.
 */
import type { GlobFilter } from '../../src/model/glob-filter.js';

export interface TreeNode {
  readonly path: string;
  readonly type: 'file' | 'dir' | 'symlink' | 'fifo' | 'socket';
  readonly target?: string;
}

export type LinkRule = 'collapse_files' | 'collapse_all';

/** Selected paths, sorted. Nothing below a pruned directory is looked at. */
export function selectInMemory(tree: readonly TreeNode[], filter: GlobFilter, rule: LinkRule): string[] {
  const selected: string[] = [];
  walk({ tree, rule, selected }, filter, { path: '', real: '', chain: [''] });
  return selected.sort();
}

interface Walk {
  readonly tree: readonly TreeNode[];
  readonly rule: LinkRule;
  readonly selected: string[];
}

interface Directory {
  readonly path: string;
  /** Where it is, links resolved. */
  readonly real: string;
  /** Real paths from the root to here. */
  readonly chain: readonly string[];
}

function walk(run: Walk, filter: GlobFilter, directory: Directory): void {
  if (filter.prunes(directory.path)) return;
  for (const name of namesIn(run.tree, directory.real)) {
    const path = join(directory.path, name);
    const listed = join(directory.real, name);
    const real = resolveLink(run.tree, listed);
    const kind = real === undefined ? 'nothing' : kindOf(run.tree, real);
    if (kind === 'file' && filter.matches(path)) run.selected.push(path);
    if (kind !== 'dir' || real === undefined || directory.chain.includes(real)) continue;
    const below = enter(run.rule, filter, path, real !== listed);
    if (below !== undefined) walk(run, below, { path, real, chain: [...directory.chain, real] });
  }
}

/** The filter for what is below; `undefined` for a link that no part of a pattern leads into. */
function enter(rule: LinkRule, filter: GlobFilter, path: string, isLink: boolean): GlobFilter | undefined {
  if (!isLink || rule === 'collapse_all') return filter;
  return filter.entersLink(path) ? filter.throughLink(path) : undefined;
}

function namesIn(tree: readonly TreeNode[], real: string): string[] {
  const prefix = real === '' ? '' : `${real}/`;
  const below = tree.filter(({ path }) => path.startsWith(prefix));
  return [...new Set(below.map(({ path }) => path.slice(prefix.length).split('/')[0] as string))];
}

/** One step is enough for the fixtures; `undefined` for a target that is not there. */
function resolveLink(tree: readonly TreeNode[], path: string): string | undefined {
  const link = tree.find((node) => node.path === path && node.type === 'symlink');
  if (link === undefined) return path;
  const parts = path.split('/').slice(0, -1);
  for (const part of (link.target ?? '').split('/')) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const real = parts.join('/');
  return real === '' || tree.some((node) => node.path === real || node.path.startsWith(`${real}/`))
    ? real
    : undefined;
}

function kindOf(tree: readonly TreeNode[], real: string): string {
  return tree.find(({ path }) => path === real)?.type ?? 'dir';
}

function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
