/**
 * What becomes of a symbolic link that a walk meets (spec/files-and-submission.md 1.3).
 * Asks the file system about one link at a time and walks nothing itself.
 */
import { type BigIntStats, promises as fs } from 'node:fs';
import type { SymlinkPolicy } from '../model/manifest.js';
import type { OpenRoot } from './open-root.js';

export type LinkDecision =
  /** The target's content under the link's own path. */
  | { readonly as: 'file'; readonly realPath: string; readonly stat: BigIntStats }
  /** The directory behind the link is walked under the link's path. */
  | { readonly as: 'walk'; readonly realPath: string; readonly stat: BigIntStats }
  /** The link itself; `target` is relative to the root. */
  | { readonly as: 'link'; readonly target: string }
  | { readonly as: 'special'; readonly realPath: string }
  /** Left out; `warning` says why, when the policy does not ask for it. `directory`: with all that is below it. `broken`: it leads nowhere. */
  | {
      readonly as: 'nothing';
      readonly warning?: string;
      readonly directory?: boolean;
      readonly broken?: boolean;
    };

export interface LinkQuery {
  readonly root: OpenRoot;
  /** The link's path relative to the root. */
  readonly path: string;
  /** Where the link really is. */
  readonly absolutePath: string;
  readonly policy: SymlinkPolicy;
  /** False: no link is kept as a link; `exclude_escaping` takes what an internal one leads to. */
  readonly linkEntries: boolean;
  /** Under `collapse_files`: a pattern names this linked directory, so it is entered. */
  readonly entersLink: boolean;
}

/** Decides about one link. Rejects with the system's error when the link cannot be read. */
export async function decideLink(query: LinkQuery): Promise<LinkDecision> {
  const { policy } = query;
  if (policy === 'exclude_all') return { as: 'nothing' };
  const target = await resolveTarget(query.absolutePath);
  if (policy === 'collapse_files' || policy === 'collapse_all') return collapse(query, target);
  const inside = await internalTarget(query, target);
  if (policy === 'exclude_escaping' && (!target || inside === undefined)) return { as: 'nothing' };
  if (inside !== undefined && query.linkEntries) return { as: 'link', target: inside };
  if (policy === 'preserve') return { as: 'nothing', warning: 'the link leads out of the root' };
  return collapse({ ...query, policy: 'collapse_all' }, target);
}

interface Target {
  readonly realPath: string;
  readonly stat: BigIntStats;
}

/** `undefined` for a broken link: its target is missing, or it leads to itself. */
async function resolveTarget(path: string): Promise<Target | undefined> {
  try {
    const realPath = await fs.realpath(path);
    return { realPath, stat: await fs.stat(realPath, { bigint: true }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function collapse(query: LinkQuery, target: Target | undefined): Promise<LinkDecision> {
  const { policy, entersLink, absolutePath } = query;
  if (!target) {
    await fs.lstat(absolutePath); // rejects when it is the link itself that is gone
    return { as: 'nothing', warning: 'the link is broken', broken: true };
  }
  if (target.stat.isFile()) return { as: 'file', ...target };
  if (!target.stat.isDirectory()) return { as: 'special', realPath: target.realPath };
  if (policy === 'collapse_all' || entersLink) return { as: 'walk', ...target };
  return { as: 'nothing', directory: true, warning: 'the link leads to a directory, which is not entered' };
}

/** The target relative to the root when the link is internal, else `undefined`. */
async function internalTarget(query: LinkQuery, target: Target | undefined): Promise<string | undefined> {
  const text = await fs.readlink(query.absolutePath);
  const lexical = lexicalTarget(query.path, text);
  if (lexical === undefined) return undefined;
  return target === undefined || isBelow(target.realPath, query.root.realPath) ? lexical : undefined;
}

const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:)/;

/** `text` joined to the link's directory, relative to the root; `undefined` when it is absolute or leaves the root on the way. */
export function lexicalTarget(linkPath: string, text: string): string | undefined {
  if (text === '' || ABSOLUTE.test(text)) return undefined;
  const parts = linkPath.split('/').slice(0, -1);
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? '.' : parts.join('/');
}

/** Equal, or below by whole components. */
export function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
