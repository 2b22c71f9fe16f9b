/**
 * Atomic writes of the directory store (spec/storage.md 1.8): a temporary file in the
 * target's folder, then rename(2), or link(2) where an object that is there must stay, so
 * that of two racing writers exactly one creates. A small object costs open, write, close,
 * rename (or link and unlink) and nothing else. Knows no keys and no metadata.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf } from '../../model/local-io.js';
import { throwIfAborted } from '../cancel.js';
import type { FileCalls } from './file-calls.js';
import type { Folders } from './folders.js';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
/** What link(2) says on volumes without hard links. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

export interface Publication {
  /** Absolute path of the file. */
  readonly path: string;
  /** Keep a file that is there. */
  readonly ifAbsent: boolean;
  /** Last step before the file gets its name; `false` gives up without an error. */
  readonly prepare?: () => Promise<boolean>;
  readonly signal?: AbortSignal | undefined;
}

/** Writes `position`-addressed bytes into the temporary file. */
export type Fill = (write: (bytes: Uint8Array, position: number) => Promise<void>) => Promise<void>;

export class Publisher {
  constructor(
    private readonly folders: Folders,
    private readonly calls: FileCalls,
  ) {}

  /** Fills a temporary file and gives it its name; `false` when `ifAbsent` and a file is there. */
  async write(publication: Publication, fill: Fill): Promise<boolean> {
    return this.publish(publication, async (temporary) => {
      const file = await this.calls.open(temporary, NEW_FILE);
      try {
        await fill((bytes, position) => this.#writeAll(file, bytes, position));
      } catch (error) {
        await this.calls.close(file).catch(() => undefined); // the first error is the one to report
        throw error;
      }
      await this.calls.close(file); // network volumes report a full disk here
    });
  }

  /** As {@link write}, for a `create` that makes the temporary file by itself. */
  async publish(publication: Publication, create: (temporary: string) => Promise<void>): Promise<boolean> {
    const temporary = await this.#created(publication.path, create);
    try {
      throwIfAborted(publication.signal);
      if (publication.prepare && !(await publication.prepare())) {
        await this.#remove(temporary);
        return false;
      }
      if (!publication.ifAbsent) {
        await this.calls.rename(temporary, publication.path);
        return true;
      }
      const created = await this.#linked(temporary, publication.path);
      await this.#remove(temporary);
      return created;
    } catch (error) {
      await this.#remove(temporary);
      throw error;
    }
  }

  /** One temporary file, in a folder that is made when it is missing, also when it vanished since. */
  async #created(path: string, create: (temporary: string) => Promise<void>): Promise<string> {
    const folder = dirname(path);
    for (let attempt = 1; ; attempt += 1) {
      if (!this.folders.isReady(folder)) await this.folders.ensure(folder);
      const temporary = `${folder}/.ja-${randomBytes(8).toString('hex')}.part`;
      try {
        await create(temporary);
        return temporary;
      } catch (error) {
        const errno = errnoOf(error);
        if (errno !== 'EEXIST') await this.#remove(temporary);
        this.folders.forget();
        if (attempt > 1 || (errno !== 'ENOENT' && errno !== 'EEXIST')) throw error;
      }
    }
  }

  /** The temporary file may be renamed away already; a failure to remove it must not hide another. */
  async #remove(temporary: string): Promise<void> {
    await this.calls.unlink(temporary).catch(() => undefined);
  }

  async #linked(temporary: string, path: string): Promise<boolean> {
    try {
      await this.calls.link(temporary, path);
      return true;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'EEXIST') return this.#keptFile(path);
      if (errno === undefined || !NO_LINKS.has(errno)) throw error;
      return this.#renamedIfAbsent(temporary, path);
    }
  }

  /** Volumes without hard links: two writers in the same instant may both create, each a whole file. */
  async #renamedIfAbsent(temporary: string, path: string): Promise<boolean> {
    const found = await this.calls.lstat(path).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error;
    });
    if (found) return this.#keptFile(path);
    await this.calls.rename(temporary, path);
    return true;
  }

  /** `false`, the answer for "there already", if what is there is an object: a folder of the name is none. */
  async #keptFile(path: string): Promise<false> {
    const found = await this.calls.lstat(path);
    if (found.isFile()) return false;
    const code = found.isSymbolicLink() ? 'ELOOP' : 'EISDIR';
    throw Object.assign(new Error(`${code}: ${path} is no file`), { code });
  }

  async #writeAll(file: number, bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.calls.write(
        file,
        bytes,
        done,
        bytes.length - done,
        position + done,
      );
      done += bytesWritten;
    }
  }
}
