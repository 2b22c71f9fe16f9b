/**
 * The folders of a directory store: made when first needed, proven once to lie inside the
 * store with links resolved, and remembered, so that an object costs no call for its
 * folder. Knows no keys.
 */
import { opendir } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { StorageError } from '../../model/errors.js';
import { errnoOf } from '../../model/local-io.js';
import type { FileCalls } from './file-calls.js';
import { TEMPORARY_NAME } from './keys.js';

/** Age at which a temporary file of a killed process is removed. */
export const LEFTOVER_AGE_MS = 24 * 3600 * 1000;

export class Folders {
  /** Folders that exist and lie inside. */
  readonly #known = new Set<string>();
  /** Known ones that were also rid of leftovers: ready to be written to. */
  readonly #ready = new Set<string>();
  readonly #making = new Map<string, Promise<void>>();
  readonly #sweeps = new Set<Promise<void>>();

  /** `root` is resolved: it exists and is no link. */
  constructor(
    readonly root: string,
    private readonly calls: FileCalls,
    private readonly now: () => number,
  ) {}

  /** Whether {@link ensure} has nothing to do. */
  isReady(folder: string): boolean {
    return this.#ready.has(folder);
  }

  /** Forgets what is remembered, for when a folder turns out to be gone. */
  forget(): void {
    this.#known.clear();
    this.#ready.clear();
  }

  /** Makes the folder and those above it. Throws `SymlinkEscape` when a link leads outside. */
  async ensure(folder: string): Promise<void> {
    if (this.#ready.has(folder)) return;
    const making = this.#making.get(folder) ?? this.#startMaking(folder);
    await making;
  }

  /** `false` when the folder is not there. Throws `SymlinkEscape` when a link leads outside. */
  async exists(folder: string): Promise<boolean> {
    if (this.#known.has(folder)) return true;
    const real = await this.calls.realpath(folder).catch(absent);
    if (real === undefined) return false;
    this.#checkInside(folder, real);
    this.#known.add(folder);
    return true;
  }

  /** Resolves when the removal of leftovers that was begun so far is done. */
  async swept(): Promise<void> {
    await Promise.all(this.#sweeps);
  }

  #startMaking(folder: string): Promise<void> {
    const making = this.#make(folder).finally(() => this.#making.delete(folder));
    this.#making.set(folder, making);
    return making;
  }

  async #make(folder: string): Promise<void> {
    if (await this.exists(folder)) return this.#sweep(folder);
    if (folder === this.root) throw missing(folder);
    // Parents first and one by one: a recursive mkdir would create folders behind a link that leads outside.
    await this.ensure(dirname(folder));
    await this.calls.mkdir(folder).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    if (!(await this.exists(folder))) throw missing(folder);
    this.#ready.add(folder);
  }

  #checkInside(folder: string, real: string): void {
    if (real === this.root || real.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)) return;
    throw new StorageError('SymlinkEscape', `${JSON.stringify(folder)} leads out of the store`, {
      path: folder,
      hint: 'remove the symbolic link, or open the directory it leads to',
    });
  }

  /** Beside the caller's work: a folder with a million names takes half a second to read. */
  #sweep(folder: string): void {
    this.#ready.add(folder);
    const sweep: Promise<void> = this.#removeLeftovers(folder)
      .catch(() => undefined) // removing rubbish never fails a transfer
      .finally(() => this.#sweeps.delete(sweep));
    this.#sweeps.add(sweep);
  }

  async #removeLeftovers(folder: string): Promise<void> {
    for await (const { name } of await opendir(folder, { bufferSize: 512 })) {
      if (!TEMPORARY_NAME.test(name)) continue;
      const path = join(folder, name);
      const found = await this.calls.lstat(path).catch(() => undefined); // just renamed
      if (found && this.now() - found.mtimeMs > LEFTOVER_AGE_MS) await this.calls.unlink(path);
    }
  }
}

function absent(error: unknown): undefined {
  const errno = errnoOf(error);
  if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined;
  throw error;
}

function missing(folder: string): Error {
  return Object.assign(new Error(`ENOENT: ${folder} vanished while it was made`), { code: 'ENOENT' });
}
