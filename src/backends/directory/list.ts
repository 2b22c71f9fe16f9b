/**
 * Listing of the directory store: keys in the order of their UTF-8 bytes, page by page. A
 * folder sorts as its name with a `/`, which is where its keys belong. One folder's names
 * are held at a time, per level; files are looked at only when their page is due.
 */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../model/local-io.js';
import { compareCodePoints } from '../../model/order.js';
import { throwIfAborted } from '../cancel.js';
import { PAGE_SIZE } from '../contract.js';
import type { ObjectInfo } from '../storage-client.js';
import type { FileCalls } from './file-calls.js';
import type { Folders } from './folders.js';
import { type ListScope, segmentOfName } from './keys.js';
import { infoOf } from './read.js';

interface Found {
  readonly key: string;
  readonly path: string;
}

interface Entry {
  /** Key; a folder's ends in `/`. */
  readonly key: string;
  readonly path: string;
  readonly isFolder: boolean;
}

export class Lister {
  constructor(
    private readonly folders: Folders,
    private readonly calls: FileCalls,
  ) {}

  async *pages(scope: ListScope, signal?: AbortSignal): AsyncGenerator<readonly ObjectInfo[]> {
    let page: Found[] = [];
    for await (const found of this.#walk(
      join(this.folders.root, scope.folder),
      scope.folderKey,
      scope.prefix,
    )) {
      throwIfAborted(signal);
      page.push(found);
      if (page.length < PAGE_SIZE) continue;
      yield await this.#described(page);
      page = [];
    }
    throwIfAborted(signal);
    if (page.length > 0) yield await this.#described(page);
  }

  async *#walk(folder: string, folderKey: string, prefix: string): AsyncGenerator<Found> {
    if (!(await this.folders.exists(folder))) return;
    const entries = await this.#entries(folder, folderKey, prefix);
    for (const { key, path, isFolder } of entries) {
      if (isFolder) yield* this.#walk(path, key, prefix);
      else yield { key, path };
    }
  }

  /** Entries that may hold a match, in the order of their keys. */
  async #entries(folder: string, folderKey: string, prefix: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (const dirent of await namesIn(folder)) {
      const segment = segmentOfName(dirent.name);
      if (segment === undefined) continue;
      const path = join(folder, dirent.name);
      const isFolder =
        dirent.isDirectory() || (dirent.isSymbolicLink() && (await this.#leadsDown(path, folder)));
      if (!isFolder && !dirent.isFile()) continue; // links and special files are no objects
      const key = folderKey + segment + (isFolder ? '/' : '');
      if (key.startsWith(prefix) || (isFolder && prefix.startsWith(key)))
        entries.push({ key, path, isFolder });
    }
    return entries.sort((a, b) => compareCodePoints(a.key, b.key));
  }

  /** Whether a link leads to a folder inside the store that does not hold the link itself. Outside: `SymlinkEscape`. */
  async #leadsDown(path: string, folder: string): Promise<boolean> {
    const target = await stat(path).catch(() => undefined); // dangling
    if (!target?.isDirectory()) return false;
    await this.folders.exists(path);
    const [real, here] = await Promise.all([this.calls.realpath(path), this.calls.realpath(folder)]);
    return here !== real && !here.startsWith(`${real}/`);
  }

  async #described(page: readonly Found[]): Promise<readonly ObjectInfo[]> {
    const infos = await Promise.all(
      page.map(async ({ key, path }) => {
        const stats = await this.calls.lstat(path).catch(ignoreAbsent);
        return stats?.isFile() ? infoOf(key, stats) : undefined;
      }),
    );
    return infos.filter((info) => info !== undefined);
  }
}

async function namesIn(folder: string): Promise<readonly Dirent[]> {
  return (await readdir(folder, { withFileTypes: true }).catch(ignoreAbsent)) ?? [];
}

/** What vanished while it was listed is not listed. */
function ignoreAbsent(error: unknown): undefined {
  const errno = errnoOf(error);
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error;
}
