/** The links that a walk meets: what the policy makes of each becomes an entry, or a branch to walk later. */
import { type BigIntStats, promises as fs } from 'node:fs';
import type { TreeEntry } from '../model/file-item.js';
import type { SymlinkPolicy } from '../model/manifest.js';
import { joinPath, joinRelative } from './glob-stream.js';
import { decideLink, type LinkDecision } from './link-policy.js';
import type { OpenRoot } from './open-root.js';
import { type Branch, chainTo, identity } from './walk-branch.js';
import type { WalkFilter } from './walk-filter.js';
import type { WalkProblems } from './walk-problems.js';

/** Links looked at side by side: as many as the event loop has threads by default, and as many waiting. */
const CONCURRENT_LINKS = 8;

export interface LinkSettings {
  readonly symlinks: SymlinkPolicy;
  readonly linkEntries: boolean;
  readonly directories: boolean;
  readonly onBrokenLink?: (path: string) => void;
}

export class LinkWalk {
  constructor(
    readonly root: OpenRoot,
    readonly settings: LinkSettings,
    readonly problems: WalkProblems,
    /** Takes the directories that links lead to. */
    readonly branches: Branch[],
  ) {}

  /** The entries of the links at `paths`, relative to `branch`. */
  async look(branch: Branch, paths: readonly string[]): Promise<TreeEntry[]> {
    const entries: TreeEntry[] = [];
    for (let from = 0; from < paths.length; from += CONCURRENT_LINKS) {
      const some = paths.slice(from, from + CONCURRENT_LINKS);
      const found = await Promise.all(some.map((path) => this.#lookAt(branch, path)));
      for (const entry of found) if (entry) entries.push(entry);
    }
    return entries;
  }

  async #lookAt(branch: Branch, relative: string): Promise<TreeEntry | undefined> {
    const path = joinRelative(branch.prefix, relative);
    try {
      return await this.#entry(branch, path, joinPath(branch.realPath, relative));
    } catch (error) {
      this.problems.unreadable(path, error as Error);
      return undefined;
    }
  }

  async #entry(branch: Branch, path: string, absolutePath: string): Promise<TreeEntry | undefined> {
    const { filter } = branch;
    const wanted = filter?.matches(path) ?? true;
    const below = !(filter?.prunes?.(path) ?? false);
    if (!wanted && !below) return undefined;
    const { symlinks: policy, linkEntries } = this.settings;
    const entersLink = filter?.entersLink?.(path) ?? false;
    const query = { root: this.root, path, absolutePath, policy, linkEntries, entersLink };
    const decision = await decideLink(query);
    if (decision.as === 'walk') return this.#enter(branch, path, decision, { wanted, below });
    if (decision.as === 'nothing' && decision.directory && below) this.#leaveOut(path, decision);
    return wanted ? this.#taken(path, absolutePath, decision) : undefined;
  }

  /** The entry of a link that is not walked into. */
  async #taken(
    path: string,
    absolutePath: string,
    decision: Exclude<LinkDecision, { as: 'walk' }>,
  ): Promise<TreeEntry | undefined> {
    switch (decision.as) {
      case 'nothing':
        if (decision.broken && this.settings.onBrokenLink) this.settings.onBrokenLink(path);
        else if (!decision.directory) this.#leaveOut(path, decision);
        return undefined;
      case 'special':
        this.problems.special(path);
        return undefined;
      case 'link': {
        const { target: linkTarget } = decision;
        const stat = await fs.lstat(absolutePath, { bigint: true });
        return { ...stated(path, 'symlink', absolutePath, stat), linkTarget };
      }
      case 'file':
        return stated(path, 'file', decision.realPath, decision.stat);
    }
  }

  /** Walks a linked directory later, unless it is on the way from the root to here. */
  async #enter(
    branch: Branch,
    path: string,
    { realPath, stat }: { realPath: string; stat: BigIntStats },
    { wanted, below }: { wanted: boolean; below: boolean },
  ): Promise<TreeEntry | undefined> {
    const parents = await chainTo(branch, path);
    const id = await identity(realPath);
    if (parents.includes(id)) {
      this.#leaveOut(path, { warning: 'the link leads back to a directory above it' });
      return undefined;
    }
    const filter = this.#filterThrough(branch, path);
    if (below) this.branches.push({ realPath, id, prefix: path, chain: [...parents, id], filter });
    return wanted && this.settings.directories ? stated(path, 'directory', realPath, stat) : undefined;
  }

  #leaveOut(path: string, { warning }: { readonly warning?: string }): void {
    if (warning) this.problems.warn(`${JSON.stringify(path)} is left out: ${warning}`, path);
  }

  #filterThrough({ filter }: Branch, path: string): WalkFilter | undefined {
    return this.settings.symlinks === 'collapse_files' ? (filter?.throughLink?.(path) ?? filter) : filter;
  }
}

function stated(path: string, kind: TreeEntry['kind'], sourcePath: string, stat: BigIntStats): TreeEntry {
  const { mtimeNs, ctimeNs, mode } = stat;
  const size = kind === 'file' ? Number(stat.size) : 0;
  return { path, kind, sourcePath, size, mtimeNs, ctimeNs, mode: Number(mode) };
}
