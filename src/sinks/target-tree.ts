/**
 * The local root that files are written into: makes directories once, and lets no path
 * lead out of the root through a link that stands in it (spec/storage.md 4.6). Knows no
 * manifest and no content.
 */
import { constants, promises as fs, type Stats } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { makeDirectories } from '../backends/make-directories.js';
import { StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { pathBytes } from '../model/path-bytes.js';

/** Names of temporary files of this project, in the directory of their target. */
const TEMPORARY = /^\.ja-[0-9a-f]{16}\.part$/;
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;
const LINKED_DIRECTORY = 'remove the link, or choose another destination';

export interface TargetTreeOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The local path of an entry below `root`, as file calls take it: bytes where the name is not UTF-8. */
export function entryFilePath(root: string, path: string): string | Buffer {
  const local = path === '' ? root : join(root, path);
  const bytes = pathBytes(local);
  return bytes ? Buffer.from(bytes) : local;
}

export class TargetTree {
  /** One promise per directory below the root: made, or checked, once per run. */
  readonly #directories = new Map<string, Promise<void>>();
  /** Directories that were seen to stand already; writing checks them for itself. */
  readonly #standing = new Set<string>();
  readonly #now: () => number;
  #realRoot = '';

  private constructor(
    readonly root: string,
    { now = Date.now }: TargetTreeOptions,
  ) {
    this.#now = now;
  }

  /** Makes `root`, an absolute path, if it is missing, and checks that files can be made in it. `LocalIo` with a hint where not. */
  static async open(root: string, options: TargetTreeOptions = {}): Promise<TargetTree> {
    const tree = new TargetTree(root, options);
    try {
      await makeDirectories(root);
      await fs.access(root, constants.W_OK | constants.X_OK);
      tree.#realRoot = await fs.realpath(root);
    } catch (error) {
      throw rootError(root, error);
    }
    await tree.#removeLeftovers(root);
    return tree;
  }

  /** The local path of an entry, as text. */
  localPath(path: string): string {
    return path === '' ? this.root : join(this.root, path);
  }

  /** The local path of an entry, as file calls take it: bytes where the name is not UTF-8. */
  filePath(path: string): string | Buffer {
    return entryFilePath(this.root, path);
  }

  /** Rejects with `SymlinkEscape` when a link with `text` at `path` would lead out of the root from where its directory really is. */
  async checkLink(path: string, text: string): Promise<void> {
    const directory = await fs.realpath(this.filePath(parentOf(path)));
    if (this.#isInside(resolve(directory, text))) return;
    const local = this.localPath(path);
    throw new StorageError(
      'SymlinkEscape',
      `${JSON.stringify(local)} would lead out of the root to ${JSON.stringify(text)}: its directory is reached through a link`,
      { path: local, hint: LINKED_DIRECTORY },
    );
  }

  /** What stands at an entry's path, links not followed; its parents are judged first, as far as they exist. */
  async occupant(path: string): Promise<'nothing' | 'file' | 'symlink' | 'directory' | 'other'> {
    const parent = parentOf(path);
    try {
      if (parent !== '' && !(await this.#exists(parent))) return 'nothing';
      const stat = await fs.lstat(this.filePath(path));
      if (stat.isFile()) return 'file';
      if (stat.isSymbolicLink()) return 'symlink';
      return stat.isDirectory() ? 'directory' : 'other';
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return 'nothing';
      throw localIoError(error, { operation: 'inspect', path: this.localPath(path), side: 'target' });
    }
  }

  /** Makes the directories above `path`. */
  makeParent(path: string): Promise<void> {
    const parent = parentOf(path);
    return parent === '' ? Promise.resolve() : this.makeDirectory(parent);
  }

  /** Makes a directory and those above it; one that exists, also through a link inside the root, is fine. */
  makeDirectory(path: string): Promise<void> {
    const known = this.#directories.get(path);
    if (known) return known;
    const made = this.makeParent(path).then(() => this.#make(path));
    this.#directories.set(path, made);
    return made;
  }

  /** Opens a directory that was made, at the place where it really is. Rejects with `SymlinkEscape` when that is no longer inside the root. */
  async openDirectory(path: string): Promise<fs.FileHandle> {
    const local = this.localPath(path);
    try {
      const real = await fs.realpath(this.filePath(path), { encoding: 'buffer' });
      // Where names are not UTF-8 the text differs from the bytes, but not in its first part.
      if (!this.#isInside(real.toString())) throw linkedOutside(local);
      return await fs.open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    } catch (error) {
      throw localIoError(error, { operation: 'open', path: local, side: 'target' });
    }
  }

  async #make(path: string): Promise<void> {
    const local = this.filePath(path);
    try {
      await fs.mkdir(local);
      return;
    } catch (error) {
      if (errnoOf(error) !== 'EEXIST') {
        throw localIoError(error, { operation: 'mkdir', path: this.localPath(path), side: 'target' });
      }
    }
    await this.#checkDirectory(path, await fs.lstat(local));
    await this.#removeLeftovers(local);
  }

  /** True when a directory of the plan stands already; rejects when a link leads out of the root. */
  async #exists(path: string): Promise<boolean> {
    if (this.#standing.has(path)) return true;
    const above = parentOf(path);
    if (above !== '' && !(await this.#exists(above))) return false;
    const stat = await fs.lstat(this.filePath(path)).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (!stat) return false;
    await this.#checkDirectory(path, stat);
    this.#standing.add(path);
    return true;
  }

  async #checkDirectory(path: string, stat: Stats): Promise<void> {
    if (stat.isDirectory()) return;
    const local = this.localPath(path);
    if (!stat.isSymbolicLink()) {
      throw new StorageError(
        'NotADirectory',
        `${JSON.stringify(local)} is not a directory, but files have to go below it`,
        { path: local, hint: 'move it away, or choose another destination' },
      );
    }
    const target = await fs.realpath(this.filePath(path)).catch(() => undefined);
    if (target === undefined || !this.#isInside(target)) {
      throw linkedOutside(local);
    }
    if (!(await fs.stat(this.filePath(path))).isDirectory()) {
      throw new StorageError(
        'NotADirectory',
        `${JSON.stringify(local)} is a link to what is not a directory, but files have to go below it`,
        { path: local, hint: 'remove the link, or choose another destination' },
      );
    }
  }

  #isInside(path: string): boolean {
    return path === this.#realRoot || path.startsWith(this.#realRoot === sep ? sep : this.#realRoot + sep);
  }

  /**
   * What a killed run left behind goes when it is older than a day; a younger one may be in
   * use. Its time of change counts: the other one may be the manifest's already.
   */
  async #removeLeftovers(directory: string | Buffer): Promise<void> {
    const entries = await fs.opendir(directory as string, { bufferSize: 1024 }).catch(() => undefined);
    if (!entries) return; // it may be written to, but not listed
    for await (const { name } of entries) {
      if (!TEMPORARY.test(name)) continue;
      const path = Buffer.concat([Buffer.from(directory), Buffer.from(sep + name)]);
      const stat = await fs.lstat(path).catch(() => undefined);
      if (stat?.isFile() && this.#now() - stat.ctimeMs > LEFTOVER_AGE_MS)
        await fs.rm(path, { force: true }).catch(() => {});
    }
  }
}

/** The directory of an entry; empty for one directly below the root. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : path.slice(0, cut);
}

function linkedOutside(local: string): StorageError {
  return new StorageError(
    'SymlinkEscape',
    `${JSON.stringify(local)} is a link that leads out of the root: nothing is written through it`,
    { path: local, hint: LINKED_DIRECTORY },
  );
}

function rootError(root: string, error: unknown): StorageError {
  const errno = errnoOf(error);
  if (errno === 'ENOTDIR') {
    return new StorageError(
      'LocalIo',
      `the destination ${JSON.stringify(root)} is, or lies below, what is not a directory`,
      {
        path: root,
        errno,
        cause: error,
        hint: 'give a directory, or a path that does not exist yet',
      },
    );
  }
  return localIoError(error, { operation: 'download', path: root, side: 'target' });
}
