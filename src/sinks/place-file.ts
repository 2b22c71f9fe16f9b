/**
 * Writes one content to its files: a temporary file beside the first target, times and
 * mode, then its name; further targets are copies of the first (spec/storage.md 4.2, 4.4).
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as fs } from 'node:fs';
import type { WriteOutcome, WriteRequest } from '../hashing/ports.js';
import type { ConflictResolution } from '../model/conflict-resolution.js';
import type { DownloadContent, DownloadTarget } from '../model/download-plan.js';
import type { FetchedUnit } from '../model/download-unit.js';
import { localIoError } from '../model/local-io.js';
import { runnableMode } from '../model/runnable-mode.js';
import { CancelledError } from '../pipeline/errors.js';
import type { CaseTwins } from './case-twins.js';
import { type CopyNumbers, claimName } from './claim-name.js';
import { copyContent, writeAll } from './copy-content.js';
import type { TargetPermissions } from './target-permissions.js';
import { parentOf, type TargetTree } from './target-tree.js';

/** What became of one target. */
export interface PlacedFile {
  readonly target: DownloadTarget;
  /** Where it stands; absent when what was there stayed. */
  readonly path?: string;
  /** Why it could not be placed; the other targets of its content were. */
  readonly error?: unknown;
}

/** An object of a complete temporary file that came in ranges, so that nobody has verified it yet. */
export interface RangedObject {
  readonly hash: string;
  /** Where it begins in the file, and its bytes. */
  readonly offset: number;
  readonly size: number;
}

/** Checks objects of a complete temporary file, given by its local path; rejects when one is wrong. */
export type VerifyRanged = (
  temporary: string,
  objects: readonly RangedObject[],
  content: DownloadContent,
  signal: AbortSignal,
) => Promise<void>;

/** Writes, dates and names a small file in one step. Nothing for a file that it leaves to the caller. */
export type PlaceWhole = (file: WriteRequest) => Promise<WriteOutcome> | undefined;

export interface PlaceSettings {
  readonly tree: TargetTree;
  readonly conflictResolution: ConflictResolution;
  readonly copies: CopyNumbers;
  readonly twins: CaseTwins;
  /** Wait until the content is on the disk before it gets its name, and then for the name. */
  readonly durable: boolean;
  /** Gives files and the directories above them to others besides their owner. */
  readonly permissions?: TargetPermissions;
  /** Asked for files that came in ranges; whole objects were verified when they were fetched. */
  readonly verify: VerifyRanged;
  /** Spares small files a call for each of these steps. Default: every file goes the long way. */
  readonly placeWhole?: PlaceWhole | undefined;
}

/** Up to this many bytes a file counts as small. */
const SMALL_BYTES = 256 * 1024;
const O_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

interface Opened {
  readonly file: fs.FileHandle;
  /** Path of the temporary file, relative to the root. */
  readonly path: string;
  /** The target beside it. */
  readonly host: DownloadTarget;
}

/** One content being written; every failure removes its temporary file. */
export class FilePlacement {
  #opened: Promise<Opened | undefined> | undefined;
  #written = 0;
  #failed: unknown;
  /** By the offset in the file. */
  readonly #ranged = new Map<number, RangedObject>();
  /** Targets whose directory cannot be used. */
  readonly #homeless: PlacedFile[] = [];

  constructor(
    readonly settings: PlaceSettings,
    readonly content: DownloadContent,
  ) {}

  /** Writes a unit; the last one completes the files. Resolves with what became of them, or nothing while units are missing. */
  async write(unit: FetchedUnit, signal: AbortSignal): Promise<readonly PlacedFile[]> {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      const isWhole = unit.units === 1 && unit.length === unit.objectSize;
      const placed = isWhole ? await this.#placeWhole(unit.bytes) : undefined;
      if (placed) return [placed];
      this.#opened ??= this.#open();
      const opened = await this.#opened;
      if (!opened) return this.#homeless;
      await writeAll(opened.file, unit.bytes, unit.fileOffset);
      this.#note(unit);
      this.#written += 1;
      return this.#written === unit.units ? await this.#complete(opened, signal) : [];
    } catch (error) {
      // The first failure is the cause of those that follow.
      this.#failed ??= ioError(error, this.settings.tree, this.content.targets[0]?.path ?? '');
      await this.discard();
      throw this.#failed;
    }
  }

  /** The short way of a small file; nothing for a file that has to go the long way, which also finds out what is wrong with it. */
  async #placeWhole(bytes: Uint8Array): Promise<PlacedFile | undefined> {
    const { tree, placeWhole, durable, permissions, copies } = this.settings;
    const [host, ...others] = this.content.targets;
    if (!placeWhole || !host || others.length > 0 || bytes.length > SMALL_BYTES) return undefined;
    const isPlain = !durable && !permissions && host.twin === undefined && !copies.has(host.path);
    const isHome =
      isPlain &&
      (await tree.makeParent(host.path).then(
        () => true,
        () => false,
      ));
    if (!isHome) return undefined;
    const path = temporaryBeside(host.path);
    const temporary = tree.localPath(path);
    const { mtime, runnable = false } = host;
    const times = mtime === undefined ? {} : { mtime: utimesSeconds(mtime) };
    const file = { temporary, path: tree.localPath(host.path), bytes, runnable, ...times };
    const outcome = (await placeWhole(file)) ?? 'failed';
    if (outcome === 'failed') return undefined;
    if (outcome === 'named') return placedAt(host, host.path);
    try {
      return placedAt(host, await this.#claim(path, host));
    } catch (error) {
      await fs.rm(tree.filePath(path), { force: true }).catch(() => {});
      throw error;
    }
  }

  #note({ hash, objectSize, objectOffset, fileOffset, length }: FetchedUnit): void {
    if (length === objectSize) return;
    const offset = fileOffset - objectOffset;
    this.#ranged.set(offset, { hash, offset, size: objectSize });
  }

  /** Removes the temporary file of a content that will not be completed. */
  async discard(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    if (!opened) return;
    await opened.file.close().catch(() => {}); // waits for writes in flight
    await fs.rm(this.settings.tree.filePath(opened.path), { force: true }).catch(() => {});
  }

  /** Opens a temporary file beside the first target that has a usable directory; nothing when none has. */
  async #open(): Promise<Opened | undefined> {
    const { tree } = this.settings;
    for (const host of this.content.targets) {
      const path = temporaryBeside(host.path);
      try {
        await tree.makeParent(host.path);
        return { file: await fs.open(tree.filePath(path), O_NEW, 0o666), path, host };
      } catch (error) {
        this.#homeless.push({ target: host, error: ioError(error, tree, host.path) });
      }
    }
    return undefined;
  }

  async #complete({ file, path, host }: Opened, signal: AbortSignal): Promise<readonly PlacedFile[]> {
    const { settings, content } = this;
    const ranged = [...this.#ranged.values()];
    if (ranged.length > 0) await settings.verify(settings.tree.localPath(path), ranged, content, signal);
    const placed: PlacedFile[] = [...this.#homeless];
    // Copies come first: they need the temporary file, which is gone once it has its name.
    for (const target of content.targets.slice(placed.length + 1)) {
      if (signal.aborted) throw new CancelledError('cancelled while copies were made');
      placed.push(await this.#tryCopy(path, target, signal));
    }
    await finishFile(file, settings.tree.filePath(path), host, settings);
    await file.close();
    placed.push(placedAt(host, await this.#claim(path, host)));
    return placed;
  }

  /** A copy that fails alone does not take the others with it. */
  async #tryCopy(from: string, target: DownloadTarget, signal: AbortSignal): Promise<PlacedFile> {
    const { tree } = this.settings;
    try {
      await tree.makeParent(target.path);
      return await this.#placeCopy(from, target, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      return { target, error: ioError(error, tree, target.path) };
    }
  }

  async #placeCopy(from: string, target: DownloadTarget, signal: AbortSignal): Promise<PlacedFile> {
    const { settings } = this;
    const { tree } = settings;
    const path = temporaryBeside(target.path);
    const local = tree.filePath(path);
    try {
      await copyContent(tree.filePath(from), local, this.content.size, signal);
      const file = await fs.open(local, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        await finishFile(file, local, target, settings);
      } finally {
        await file.close();
      }
      return placedAt(target, await this.#claim(path, target));
    } catch (error) {
      await fs.rm(local, { force: true }).catch(() => {});
      throw error;
    }
  }

  async #claim(temporary: string, target: DownloadTarget): Promise<string | undefined> {
    const { tree, conflictResolution: mode, copies, twins, durable, permissions } = this.settings;
    await permissions?.directoriesAbove(target.path);
    const local = tree.filePath(temporary);
    const claim = (how: ConflictResolution) => claimName(tree, local, target.path, how, copies);
    const { path, twin } = target;
    const name = await (twin === undefined ? claim(mode) : twins.claim(tree, path, twin, mode, claim));
    if (durable && name !== undefined) await syncDirectory(tree.filePath(parentOf(name)));
    return name;
  }
}

/** The typed error of a failed file call; any other error as it is. */
function ioError(error: unknown, tree: TargetTree, path: string): unknown {
  const isLocal = typeof (error as { syscall?: unknown }).syscall === 'string';
  if (!isLocal) return error;
  return localIoError(error, { operation: 'download', path: tree.localPath(path), side: 'target' });
}

/** Mode, times and group, on the open temporary file at `local`. */
async function finishFile(
  file: fs.FileHandle,
  local: string | Buffer,
  target: DownloadTarget,
  { durable, permissions }: PlaceSettings,
): Promise<void> {
  if (target.runnable) {
    const { mode } = await file.stat();
    await file.chmod(runnableMode(mode));
  }
  if (target.mtime !== undefined) {
    const seconds = utimesSeconds(target.mtime);
    await file.utimes(seconds, seconds);
  }
  await permissions?.file(file, local);
  if (durable) await file.sync();
}

/** Waits until the names in a directory are on the disk. Windows has no such call. */
async function syncDirectory(path: string | Buffer): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await fs.open(path, constants.O_RDONLY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Up to 1.51 libuv drops what is finer than a microsecond; since then it passes nanoseconds on. */
const [UV_MAJOR = 1, UV_MINOR = 0] = (process.versions.uv ?? '').split('.').map(Number);
const DROPS_NANOSECONDS = UV_MAJOR === 1 && UV_MINOR < 52;

/**
 * Microseconds as `utimes` takes them. Half a microsecond more, since what is cut off would else
 * take the last one with it; where it is cut off towards 1970, half a one less before that. Before
 * 1970 as text, since Node sets a negative number to now.
 */
export function utimesSeconds(microseconds: number, dropsNanoseconds = DROPS_NANOSECONDS): number | string {
  if (microseconds >= 0) return (microseconds + 0.5) / 1e6;
  return String((microseconds + (dropsNanoseconds ? -0.5 : 0.5)) / 1e6);
}

/** An entry path beside `path`, with a name that cannot be too long, whatever the target's. */
export function temporaryBeside(path: string): string {
  const parent = parentOf(path);
  const name = `.ja-${randomBytes(8).toString('hex')}.part`;
  return parent === '' ? name : `${parent}/${name}`;
}

function placedAt(target: DownloadTarget, path: string | undefined): PlacedFile {
  return path === undefined ? { target } : { target, path };
}
