/**
 * Source: the entries of a directory tree, streamed (spec/files-and-submission.md section 1).
 * One `lstat` per file, carried with its entry; links by policy; special files are never
 * opened. Emits in no promised order and never holds the tree.
 */
import { promises as fs } from 'node:fs';
import type { TreeEntry } from '../model/file-item.js';
import { localIoError } from '../model/local-io.js';
import type { SymlinkPolicy } from '../model/manifest.js';
import { CancelledError } from '../pipeline/errors.js';
import type { RunContext, Source } from '../pipeline/types.js';
import { checkName } from './check-name.js';
import { globStream, joinPath, type Listed } from './glob-stream.js';
import { decideLink, type LinkDecision } from './link-policy.js';
import { type OpenRoot, openRoot } from './open-root.js';
import { type StatMany, statMany } from './stat-batch.js';
import { WalkProblems } from './walk-problems.js';

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

export interface WalkOptions {
  /** Default: everything. Files that it leaves out are neither looked at nor opened. */
  readonly filter?: WalkFilter;
  /** Default {@link WALK_DEFAULTS}. */
  readonly symlinks?: SymlinkPolicy;
  /** Emit directories too (the 2025 formats hold them). */
  readonly directories?: boolean;
  /** A directory that cannot be listed: leave it out with a warning, or end with `FileUnreadable`. */
  readonly onUnreadable?: 'skip' | 'error';
  /** A socket, FIFO or device: leave it out with a warning, or end with `NotAFile`. */
  readonly onSpecialFile?: 'skip' | 'error';
  /** How many paths are looked at; the default asks the event loop's own threads. */
  readonly stat?: StatMany;
}
export const WALK_DEFAULTS = {
  symlinks: 'collapse_files',
  directories: false,
  onUnreadable: 'skip',
  onSpecialFile: 'skip',
} as const satisfies WalkOptions;

/**
 * Streams the tree below `root`, an absolute path.
 *
 * - Shape: entries with paths relative to the root, `/` between components. The root is no entry.
 * - Errors: `PathNotFound`, `NotADirectory`, `FileUnreadable` for the root; `InvalidPath` for a
 *   name that is not UTF-8; `PathTooLong`.
 * - Cancel: ends with `CancelledError` within one batch.
 * - Counters: `found` and `foundBytes` files, `walked` once at the end.
 */
export function walkTree(root: string, options: WalkOptions = {}): Source<TreeEntry> {
  return (ctx) => new TreeWalk(ctx, root, { stat: statMany, ...WALK_DEFAULTS, ...options }).entries();
}

/** A directory still to be walked: the root, or one that a link leads to. */
interface Branch {
  readonly realPath: string;
  /** Its path below the root; empty for the root. */
  readonly prefix: string;
  /** Identities of the directories from the root to here, links followed: what may not be entered again. */
  readonly chain: readonly string[];
  readonly filter: WalkFilter | undefined;
}

type Settings = WalkOptions & Required<Omit<WalkOptions, 'filter'>>;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;

class TreeWalk {
  readonly #branches: Branch[] = [];
  readonly #problems: WalkProblems;
  #root: OpenRoot = { path: '', realPath: '' };

  constructor(
    readonly ctx: RunContext,
    readonly rootPath: string,
    readonly settings: Settings,
  ) {
    this.#problems = new WalkProblems(ctx.log, settings, rootPath);
  }

  async *entries(): AsyncGenerator<TreeEntry> {
    this.#root = await openRoot(this.rootPath);
    this.#branches.push({
      realPath: this.#root.realPath,
      prefix: '',
      chain: [await identity(this.#root.realPath)],
      filter: this.settings.filter,
    });
    for (let branch = this.#branches.pop(); branch; branch = this.#branches.pop()) yield* this.#walk(branch);
    if (this.ctx.signal.aborted)
      throw new CancelledError('the walk was cancelled', { cause: this.ctx.signal.reason });
    this.ctx.progress.add('walked', 1);
  }

  /** Looks at one batch while the next is listed. */
  async *#walk(branch: Branch): AsyncGenerator<TreeEntry> {
    const { signal } = this.ctx;
    const below = (path: string): string => (branch.prefix === '' ? path : `${branch.prefix}/${path}`);
    const listing = globStream(branch.realPath, {
      signal,
      prune: (path) => branch.filter?.prunes?.(below(path)) ?? false,
      onUnlistable: (path, error) => this.#problems.unreadable(below(path), error),
    });
    let previous: (() => AsyncGenerator<TreeEntry>) | undefined;
    for await (const batch of listing) {
      const current = await this.#examine(branch, batch);
      if (previous) yield* previous();
      previous = current;
    }
    if (previous) yield* previous();
  }

  /** Starts the look at a batch; the answer gives its entries. */
  async #examine(branch: Branch, batch: readonly Listed[]): Promise<() => AsyncGenerator<TreeEntry>> {
    const paths: string[] = [];
    const links: string[] = [];
    const prefix = branch.prefix === '' ? '' : `${branch.prefix}/`;
    for (const { path, dirent } of batch) {
      if (path.includes('\ufffd')) await this.#checkName(branch, prefix, path, dirent.isDirectory());
      if (dirent.isDirectory()) {
        if (this.settings.directories) paths.push(path);
      } else if (dirent.isSymbolicLink()) links.push(path);
      else if (branch.filter?.matches(prefix + path) ?? true) paths.push(path);
    }
    const rows = this.settings.stat(
      paths.map((path) => joinPath(branch.realPath, path)),
      { signal: this.ctx.signal },
    );
    rows.catch(() => {}); // awaited later; it must not count as unhandled meanwhile
    return () => this.#emit(branch, prefix, paths, rows, links);
  }

  async *#emit(
    branch: Branch,
    prefix: string,
    paths: readonly string[],
    pending: ReturnType<StatMany>,
    links: readonly string[],
  ): AsyncGenerator<TreeEntry> {
    const { rows, errors } = await pending;
    let files = 0;
    let bytes = 0;
    for (let index = 0; index < paths.length; index += 1) {
      const entry = this.#entry(branch, prefix, paths[index] as string, rows, index, errors.get(index));
      if (!entry) continue;
      if (entry.kind === 'file') {
        files += 1;
        bytes += entry.size;
      }
      yield entry;
    }
    this.ctx.progress.add('found', files);
    this.ctx.progress.add('foundBytes', bytes);
    for (const path of links) yield* this.#link(branch, prefix + path, joinPath(branch.realPath, path));
  }

  #entry(
    branch: Branch,
    prefix: string,
    path: string,
    rows: BigInt64Array,
    index: number,
    errno: string | undefined,
  ): TreeEntry | undefined {
    const shown = prefix + path;
    if (errno !== undefined) {
      this.#problems.unseen(shown, errno);
      return undefined;
    }
    const at = index * 6;
    const mode = Number(rows[at]);
    const type = mode & S_IFMT;
    const isFile = type === S_IFREG;
    if (!isFile && type !== S_IFDIR) this.#problems.special(shown);
    if (!isFile && (type !== S_IFDIR || !this.settings.directories)) return undefined;
    return {
      path: shown,
      kind: isFile ? 'file' : 'directory',
      sourcePath: joinPath(branch.realPath, path),
      size: isFile ? Number(rows[at + 1]) : 0,
      mtimeNs: rows[at + 2] as bigint,
      ctimeNs: rows[at + 3] as bigint,
      mode,
    };
  }

  async *#link(branch: Branch, path: string, absolutePath: string): AsyncGenerator<TreeEntry> {
    const { filter } = branch;
    const { symlinks } = this.settings;
    const entersLink = filter?.entersLink?.(path) ?? false;
    const wanted = filter?.matches(path) ?? true;
    const decision = await decideLink({
      root: this.#root,
      path,
      absolutePath,
      policy: symlinks,
      entersLink,
    }).catch((error: NodeJS.ErrnoException): LinkDecision => {
      if (error.code === 'ENOENT') return { as: 'nothing' }; // it vanished
      throw localIoError(error, { operation: 'walk', path: this.#problems.shown(path), side: 'source' });
    });
    if (decision.as === 'walk') return this.#enter(branch, path, decision);
    if (!wanted) return;
    if (decision.as === 'nothing') {
      if (decision.warning)
        this.#problems.warn(`${JSON.stringify(path)} is left out: ${decision.warning}`, path);
    } else if (decision.as === 'special') this.#problems.special(path);
    else if (decision.as === 'link') {
      const { mtimeNs, ctimeNs, mode } = await fs.lstat(absolutePath, { bigint: true });
      yield {
        path,
        kind: 'symlink',
        sourcePath: absolutePath,
        size: 0,
        mtimeNs,
        ctimeNs,
        mode: Number(mode),
        linkTarget: decision.target,
      };
    } else {
      const { size, mtimeNs, ctimeNs, mode } = decision.stat;
      this.ctx.progress.add('found', 1);
      this.ctx.progress.add('foundBytes', Number(size));
      yield {
        path,
        kind: 'file',
        sourcePath: decision.realPath,
        size: Number(size),
        mtimeNs,
        ctimeNs,
        mode: Number(mode),
      };
    }
  }

  /** Walks a linked directory later, unless it is on the way from the root to here. */
  async #enter(branch: Branch, path: string, target: { realPath: string }): Promise<void> {
    if (branch.filter?.prunes?.(path)) return;
    const parents = await this.#chain(branch, path);
    const id = await identity(target.realPath);
    if (parents.includes(id)) {
      this.#problems.warn(
        `${JSON.stringify(path)} is not entered: the link leads back to a directory above it`,
        path,
      );
      return;
    }
    this.#branches.push({
      realPath: target.realPath,
      prefix: path,
      chain: [...parents, id],
      filter: this.#filterThrough(branch, path),
    });
  }

  async #checkName(
    { realPath, filter }: Branch,
    prefix: string,
    path: string,
    isDirectory: boolean,
  ): Promise<void> {
    if (filter && (isDirectory ? filter.prunes?.(prefix + path) : !filter.matches(prefix + path))) return;
    await checkName(realPath, path, (name) => this.#problems.shown(prefix + name));
  }

  #filterThrough({ filter }: Branch, path: string): WalkFilter | undefined {
    return this.settings.symlinks === 'collapse_files' ? (filter?.throughLink?.(path) ?? filter) : filter;
  }

  /** Identities of the directories from the root down to the one that holds `path`. */
  async #chain(branch: Branch, path: string): Promise<readonly string[]> {
    const relative = branch.prefix === '' ? path : path.slice(branch.prefix.length + 1);
    const chain = [...branch.chain];
    const parts = relative.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) {
      chain.push(await identity(joinPath(branch.realPath, parts.slice(0, depth).join('/'))));
    }
    return chain;
  }
}

async function identity(path: string): Promise<string> {
  const { dev, ino } = await fs.stat(path, { bigint: true });
  return ino === 0n ? path : `${dev}:${ino}`; // some file systems have no inode numbers
}
