/** Real paths of many files: each of their directories is resolved once. */
import { basename, dirname, join } from 'node:path';
import { StorageError } from '../model/errors.js';
import type { StatCache } from '../sources/stat-cache.js';
import { realPathOf } from './real-path.js';

export class RealPaths {
  readonly #directories = new Map<string, Promise<string>>();

  constructor(readonly stats: Pick<StatCache, 'isSymlink'>) {}

  /** `path`, absolute and normal, with every link in it resolved as far as it exists, the last part included. */
  async of(path: string): Promise<string> {
    const parent = dirname(path);
    if (parent === path) return path;
    if (await this.#isLink(path)) return realPathOf(path);
    return join(await this.#directory(parent), basename(path));
  }

  #directory(path: string): Promise<string> {
    const known = this.#directories.get(path) ?? realPathOf(path);
    this.#directories.set(path, known);
    return known;
  }

  async #isLink(path: string): Promise<boolean> {
    try {
      return await this.stats.isSymlink(path);
    } catch (error) {
      if (error instanceof StorageError) return false; // what cannot be looked at cannot be resolved further
      throw error;
    }
  }
}
