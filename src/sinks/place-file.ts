/**
 * Writes one content to its files: a temporary file beside the first target, times and
 * mode, then its name; further targets are copies of the first (spec/storage.md 4.2, 4.4).
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as fs } from 'node:fs';
import type { DownloadContent, DownloadTarget } from '../model/download-plan.js';
import type { FetchedUnit } from '../model/download-unit.js';
import { localIoError } from '../model/local-io.js';
import { type ConflictResolution, type CopyNumbers, claimName } from './claim-name.js';
import { parentOf, type TargetTree } from './target-tree.js';

/** What became of one target. */
export interface PlacedFile {
  readonly target: DownloadTarget;
  /** Where it stands; absent when what was there stayed. */
  readonly path?: string;
}

export interface PlaceSettings {
  readonly tree: TargetTree;
  readonly conflictResolution: ConflictResolution;
  readonly copies: CopyNumbers;
  /** Wait until the content is on the disk before it gets its name. */
  readonly durable: boolean;
  /** Checks a complete temporary file, given by its local path; rejects when an object in it is wrong. */
  readonly verify: (temporary: string, content: DownloadContent, signal: AbortSignal) => Promise<void>;
}

const O_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

interface Opened {
  readonly file: fs.FileHandle;
  /** Path of the temporary file, relative to the root. */
  readonly path: string;
}

/** One content being written; every failure removes its temporary file. */
export class FilePlacement {
  #opened: Promise<Opened> | undefined;
  #written = 0;
  #failed: unknown;

  constructor(
    readonly settings: PlaceSettings,
    readonly content: DownloadContent,
  ) {}

  /** Writes a unit; the last one completes the files. Resolves with what was placed, or nothing while units are missing. */
  async write(unit: FetchedUnit, signal: AbortSignal): Promise<readonly PlacedFile[]> {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      this.#opened ??= this.#open();
      const { file, path } = await this.#opened;
      await writeAll(file, unit.bytes, unit.fileOffset);
      this.#written += 1;
      return this.#written === unit.units ? await this.#complete({ file, path }, unit.units > 1, signal) : [];
    } catch (error) {
      this.#failed ??= this.#ioError(error); // the first failure is the cause of those that follow
      await this.discard();
      throw this.#failed;
    }
  }

  /** Removes the temporary file of a content that will not be completed. */
  async discard(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    if (!opened) return;
    await opened.file.close().catch(() => {});
    await fs.rm(this.settings.tree.filePath(opened.path), { force: true }).catch(() => {});
  }

  async #open(): Promise<Opened> {
    const [first] = this.content.targets as readonly [DownloadTarget];
    await this.settings.tree.makeParent(first.path);
    const path = temporaryBeside(first.path);
    return { file: await fs.open(this.settings.tree.filePath(path), O_NEW, 0o666), path };
  }

  async #complete(
    { file, path }: Opened,
    inParts: boolean,
    signal: AbortSignal,
  ): Promise<readonly PlacedFile[]> {
    const { settings, content } = this;
    if (inParts) await settings.verify(settings.tree.localPath(path), content, signal);
    const [first, ...others] = content.targets as readonly [DownloadTarget, ...DownloadTarget[]];
    const copies: PlacedFile[] = [];
    // Copies come first: they need the temporary file, which is gone once it has its name.
    for (const target of others) copies.push(await this.#placeCopy(path, target));
    await finishFile(file, first, settings.durable);
    await file.close();
    return [placed(first, await this.#claim(path, first.path)), ...copies];
  }

  async #placeCopy(from: string, target: DownloadTarget): Promise<PlacedFile> {
    const { tree, durable } = this.settings;
    await tree.makeParent(target.path);
    const path = temporaryBeside(target.path);
    const local = tree.filePath(path);
    try {
      await fs.copyFile(tree.filePath(from), local, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      const file = await fs.open(local, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        await finishFile(file, target, durable);
      } finally {
        await file.close();
      }
      return placed(target, await this.#claim(path, target.path));
    } catch (error) {
      await fs.rm(local, { force: true }).catch(() => {});
      throw error;
    }
  }

  #claim(temporary: string, path: string): Promise<string | undefined> {
    const { tree, conflictResolution, copies } = this.settings;
    return claimName(tree, tree.filePath(temporary), path, conflictResolution, copies);
  }

  #ioError(error: unknown): unknown {
    const path = this.settings.tree.localPath(this.content.targets[0]?.path ?? '');
    const isLocal = typeof (error as { syscall?: unknown }).syscall === 'string';
    return isLocal ? localIoError(error, { operation: 'download', path, side: 'target' }) : error;
  }
}

/** `write` may take less than it is given. */
async function writeAll(file: fs.FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, offset + done);
    done += bytesWritten;
  }
}

/** Mode and times, on the open temporary file. */
async function finishFile(file: fs.FileHandle, target: DownloadTarget, durable: boolean): Promise<void> {
  if (target.runnable) {
    const { mode } = await file.stat();
    await file.chmod((mode & 0o7777) | ((mode & 0o444) >> 2));
  }
  if (target.mtime !== undefined) {
    // Half a microsecond more: a double of seconds would else land one low for every second value.
    const seconds = (target.mtime + 0.5) / 1e6;
    await file.utimes(seconds, seconds);
  }
  if (durable) await file.sync();
}

/** An entry path beside `path`, with a name that cannot be too long, whatever the target's. */
export function temporaryBeside(path: string): string {
  const parent = parentOf(path);
  const name = `.ja-${randomBytes(8).toString('hex')}.part`;
  return parent === '' ? name : `${parent}/${name}`;
}

function placed(target: DownloadTarget, path: string | undefined): PlacedFile {
  return path === undefined ? { target } : { target, path };
}
