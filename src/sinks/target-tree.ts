/**
 * The local root that files are written into: makes directories once, and lets no path
 * lead out of the root through a link that stands in it (spec/storage.md 4.6). Knows no
 * manifest and no content.
 */
import { promises as fs, type Stats } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import { pathBytes } from '../model/path-bytes.js';

/** Names of temporary files of this project, in the directory of their target. */
const TEMPORARY = /^\.ja-[0-9a-f]{16}\.part$/;
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

export class TargetTree {
  /** One promise per directory below the root: made, or checked, once per run. */
  readonly #directories = new Map<string, Promise<void>>();
  #realRoot = '';

  private constructor(readonly root: string) {}

  /** Makes `root`, an absolute path, if it is missing, and checks that files can be made in it. `LocalIo` with a hint where not. */
  static async open(root: string): Promise<TargetTree> {
    const tree = new TargetTree(root);
    try {
      await fs.mkdir(root, { recursive: true });
      await fs.access(root, fs.constants.W_OK | fs.constants.X_OK);
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
    const local = this.localPath(path);
    const bytes = pathBytes(local);
    return bytes ? Buffer.from(bytes) : local;
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
      throw localIoError(error, { operation: 'download', path: this.localPath(path), side: 'target' });
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
    const above = parentOf(path);
    if (above !== '' && !(await this.#exists(above))) return false;
    const stat = await fs.lstat(this.filePath(path)).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    });
    if (!stat) return false;
    await this.#checkDirectory(path, stat);
    return true;
  }

  async #checkDirectory(path: string, stat: Stats): Promise<void> {
    if (stat.isDirectory()) return;
    const local = this.localPath(path);
    if (!stat.isSymbolicLink()) {
      throw new StorageError(
        'NotADirectory',
        `${JSON.stringify(local)} is not a directory, but files have to go below it: move it away`,
        { path: local },
      );
    }
    const target = await fs.realpath(this.filePath(path)).catch(() => undefined);
    const inside =
      target !== undefined && (target === this.#realRoot || target.startsWith(`${this.#realRoot}/`));
    if (!inside) {
      throw new StorageError(
        'SymlinkEscape',
        `${JSON.stringify(local)} is a link that leads out of the root: nothing is written through it`,
        { path: local },
      );
    }
    if (!(await fs.stat(this.filePath(path))).isDirectory()) {
      throw new StorageError('NotADirectory', `${JSON.stringify(local)} is not a directory`, { path: local });
    }
  }

  /** What a killed run left behind goes when it is older than a day; a younger one may be in use. */
  async #removeLeftovers(directory: string | Buffer): Promise<void> {
    const base = directory.toString();
    const names = await fs.readdir(directory).catch(() => [] as string[]);
    for (const name of names) {
      if (!TEMPORARY.test(name)) continue;
      const path = join(base, name);
      const stat = await fs.lstat(path).catch(() => undefined);
      if (stat?.isFile() && Date.now() - stat.mtimeMs > LEFTOVER_AGE_MS)
        await fs.rm(path, { force: true }).catch(() => {});
    }
  }
}

/** The directory of an entry; empty for one directly below the root. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? '' : path.slice(0, cut);
}

function rootError(root: string, error: unknown): StorageError {
  const errno = errnoOf(error);
  if (errno === 'EEXIST' || errno === 'ENOTDIR') {
    return new StorageError(
      'LocalIo',
      `${JSON.stringify(root)} is not a directory: choose another destination`,
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
