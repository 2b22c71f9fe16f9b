/**
 * Source: the entries of a directory tree, streamed (spec/files-and-submission.md section 1).
 * One `lstat` per file, carried with its entry; links by policy; special files are never
 * opened. Emits in no promised order and never holds the tree.
 */
import type { TreeEntry } from '../model/file-item.js';
import type { SymlinkPolicy } from '../model/manifest.js';
import { fromBatches } from '../pipeline/batched.js';
import { CancelledError } from '../pipeline/errors.js';
import type { RunContext, Source } from '../pipeline/types.js';
import { isDoubtful, NameCheck } from './check-name.js';
import { globStream, joinPath, joinRelative, type Listed } from './glob-stream.js';
import { leaveOut } from './leave-out.js';
import type { ListDirectory } from './list-directory.js';
import { checkRootRemains, openRoot, rootError } from './open-root.js';
import { PooledEntry } from './pooled-listing.js';
import { STAT_STRIDE, type StatMany, statMany } from './stat-batch.js';
import { type Branch, rootBranch } from './walk-branch.js';
import type { WalkFilter } from './walk-filter.js';
import { LinkWalk } from './walk-links.js';
import { WalkProblems } from './walk-problems.js';

export type { WalkFilter };

export interface WalkOptions {
  /** Default: everything. Files that it leaves out are never opened; only a listing that brings the `lstat` of a whole directory along looks at them. */
  readonly filter?: WalkFilter;
  /** Directories, absolute, that are left out with a warning where they lie below the root: those that the run itself writes to. */
  readonly leaveOut?: readonly string[];
  /** Default {@link WALK_DEFAULTS}. */
  readonly symlinks?: SymlinkPolicy;
  /** False: where `exclude_escaping` keeps a link, what it leads to is taken instead (2023 manifests hold no links). */
  readonly linkEntries?: boolean;
  /** Emit directories too (the 2025 formats hold them), of a filtered walk those that the filter matches. */
  readonly directories?: boolean;
  /** A directory that cannot be listed: leave it out with a warning, or end with `FileUnreadable`. */
  readonly onUnreadable?: 'skip' | 'error';
  /** A socket, FIFO or device: leave it out with a warning, or end with `NotAFile`. */
  readonly onSpecialFile?: 'skip' | 'error';
  /** Takes the links that lead nowhere and that the filter wants; by default they are left out with a warning. */
  readonly onBrokenLink?: (path: string) => void;
  /** How many paths are looked at; the default asks the event loop's own threads. */
  readonly stat?: StatMany;
  /** How directories are listed; a listing that brings the `lstat` of its files along spares `stat` the work. */
  readonly list?: ListDirectory;
  /** Names of one directory that may be held at once; default `LARGE_DIRECTORY_NAMES`. */
  readonly largeDirectoryNames?: number;
}
export const WALK_DEFAULTS = {
  symlinks: 'collapse_files',
  linkEntries: true,
  directories: false,
  onUnreadable: 'skip',
  onSpecialFile: 'skip',
} as const satisfies WalkOptions;

/**
 * Streams the tree below `root`, an absolute path.
 *
 * - Shape: entries with paths relative to the root, `/` between components. The root is no entry.
 * - Errors: `PathNotFound`, `NotADirectory`, `FileUnreadable` for the root, also when it goes
 *   away meanwhile; `InvalidPath` for a name that is not UTF-8; `PathTooLong`.
 * - Cancel: ends with `CancelledError` within one batch.
 * - Counters: `found` and `foundBytes` files, `walked` once at the end.
 */
export function walkTree(root: string, options: WalkOptions = {}): Source<TreeEntry> {
  return (ctx) => fromBatches(new TreeWalk(ctx, root, options).batches());
}

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;

class TreeWalk {
  readonly #settings: WalkOptions & typeof WALK_DEFAULTS;
  readonly #names = new NameCheck();
  readonly #problems: WalkProblems;
  readonly #stat: StatMany;
  /** Directories still to be walked: the root, and those that links lead to. */
  readonly #branches: Branch[] = [];

  constructor(
    readonly ctx: RunContext,
    readonly rootPath: string,
    options: WalkOptions,
  ) {
    this.#settings = { ...WALK_DEFAULTS, ...options } as WalkOptions & typeof WALK_DEFAULTS;
    this.#problems = new WalkProblems(ctx.log, this.#settings, rootPath);
    this.#stat = options.stat ?? statMany;
  }

  /** Batches, not entries: every generator that an entry passes costs three promises. */
  async *batches(): AsyncGenerator<readonly TreeEntry[]> {
    const root = await openRoot(this.rootPath);
    const links = new LinkWalk(root, this.#settings, this.#problems, this.#branches);
    const { filter, leaveOut: places = [] } = this.#settings;
    const wanted = await leaveOut(filter, root, places, this.ctx.log);
    const top = await rootBranch(root.realPath, wanted).catch((error: unknown) => {
      throw rootError(root.path, error);
    });
    this.#branches.push(top);
    for (let branch = this.#branches.pop(); branch; branch = this.#branches.pop()) {
      yield* this.#walk(branch, links);
    }
    this.#throwIfCancelled();
    await checkRootRemains(root, top.id);
    this.ctx.progress.add('walked', 1);
  }

  /** Looks at one batch while the next is listed. */
  async *#walk(branch: Branch, links: LinkWalk): AsyncGenerator<readonly TreeEntry[]> {
    const { filter, prefix, realPath } = branch;
    const { largeDirectoryNames, list } = this.#settings;
    const listing = globStream(realPath, {
      signal: this.ctx.signal,
      prune: (path) => filter?.prunes?.(joinRelative(prefix, path)) ?? false,
      onUnlistable: (path, error) => {
        if (prefix === '' && path === '') throw rootError(this.rootPath, error);
        this.#problems.unreadable(joinRelative(prefix, path), error);
      },
      ...(largeDirectoryNames !== undefined && { largeDirectoryNames }),
      ...(list && { list }),
    });
    let previous: Promise<readonly TreeEntry[]> | undefined;
    for await (const batch of listing) {
      const current = this.#examine(branch, batch, links);
      current.catch(() => {}); // awaited later; it must not count as unhandled meanwhile
      if (previous) yield await previous;
      previous = current;
    }
    this.#throwIfCancelled();
    if (previous) yield await previous;
  }

  async #examine(branch: Branch, batch: readonly Listed[], links: LinkWalk): Promise<readonly TreeEntry[]> {
    const { seen, wanted, linked, doubtful } = this.#sort(branch, batch);
    for (const path of doubtful) {
      await this.#names.check(branch.realPath, path, (name) => this.#shown(branch, name));
    }
    const [entries, found] = await Promise.all([this.#look(branch, wanted), links.look(branch, linked)]);
    const all = entries.length + found.length === 0 ? seen : [...seen, ...entries, ...found];
    this.#count(all);
    return all;
  }

  /** Which paths of a batch have to be looked at, which are links, and whose names have to be judged first. */
  #sort(branch: Branch, batch: readonly Listed[]) {
    const seen: TreeEntry[] = [];
    const wanted: string[] = [];
    const linked: string[] = [];
    const doubtful: string[] = [];
    const { filter, prefix } = branch;
    for (const { path, dirent } of batch) {
      const below = joinRelative(prefix, path);
      const isDirectory = dirent.isDirectory();
      const isLink = dirent.isSymbolicLink();
      const isDoubted = isDoubtful(path);
      // Asked only where the answer counts: a filter may count its questions, and each costs time.
      const isAsked = isDirectory ? this.#settings.directories : !isLink || isDoubted;
      const matches = isAsked && (filter?.matches(below) ?? true);
      if (isDoubted && (isDirectory ? !filter?.prunes?.(below) : matches)) doubtful.push(path);
      if (isLink) linked.push(path);
      else if (!matches) continue;
      else if (dirent instanceof PooledEntry && dirent.isFile())
        this.#take(seen, branch, path, below, dirent);
      else wanted.push(path);
    }
    return { seen, wanted, linked, doubtful };
  }

  /** A file whose listing brought its `lstat` along. */
  #take(
    into: TreeEntry[],
    branch: Branch,
    path: string,
    below: string,
    { rows, at, errno }: PooledEntry,
  ): void {
    if (errno !== undefined) {
      this.#problems.unseen(below, errno);
      return;
    }
    const entry = this.#entry(below, joinPath(branch.realPath, path), rows, at);
    if (entry) into.push(entry);
  }

  async #look(branch: Branch, paths: readonly string[]): Promise<TreeEntry[]> {
    if (paths.length === 0) return [];
    const absolute = paths.map((path) => joinPath(branch.realPath, path));
    const { rows, errors } = await this.#stat(absolute, { signal: this.ctx.signal });
    const entries: TreeEntry[] = [];
    for (let index = 0; index < paths.length; index += 1) {
      const path = joinRelative(branch.prefix, paths[index] as string);
      const errno = errors.get(index);
      if (errno !== undefined) this.#problems.unseen(path, errno);
      else {
        const entry = this.#entry(path, absolute[index] as string, rows, index * STAT_STRIDE);
        if (entry) entries.push(entry);
      }
    }
    return entries;
  }

  #entry(path: string, sourcePath: string, rows: BigInt64Array, at: number): TreeEntry | undefined {
    const mode = Number(rows[at]);
    const type = mode & S_IFMT;
    const isFile = type === S_IFREG;
    if (!isFile && type !== S_IFDIR) this.#problems.special(path);
    if (!isFile && (type !== S_IFDIR || !this.#settings.directories)) return undefined;
    return {
      path,
      kind: isFile ? 'file' : 'directory',
      sourcePath,
      size: isFile ? Number(rows[at + 1]) : 0,
      mtimeNs: rows[at + 2] as bigint,
      ctimeNs: rows[at + 3] as bigint,
      mode,
    };
  }

  #count(entries: readonly TreeEntry[]): void {
    let files = 0;
    let bytes = 0;
    for (const { kind, size } of entries) {
      if (kind !== 'file') continue;
      files += 1;
      bytes += size;
    }
    this.ctx.progress.add('found', files);
    this.ctx.progress.add('foundBytes', bytes);
  }

  #shown(branch: Branch, path: string): string {
    return this.#problems.shown(joinRelative(branch.prefix, path));
  }

  #throwIfCancelled(): void {
    const { signal } = this.ctx;
    if (signal.aborted) throw new CancelledError('the walk was cancelled', { cause: signal.reason });
  }
}
