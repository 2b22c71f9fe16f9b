/**
 * What a walk does about an entry that it cannot take: left out with a warning, or an
 * error, as the caller chose (spec/files-and-submission.md 1.1).
 */
import { StorageError } from '../model/errors.js';
import { errnoOf, localIoError } from '../model/local-io.js';
import type { Logger } from '../pipeline/types.js';
import { joinPath } from './glob-stream.js';

export interface ProblemPolicy {
  readonly onUnreadable: 'skip' | 'error';
  readonly onSpecialFile: 'skip' | 'error';
}

/** Names that are too long, and faults of this process: what they hide is not the tree's own fault. */
const NEVER_SKIPPED: ReadonlySet<string | undefined> = new Set([
  'ENAMETOOLONG',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);

export class WalkProblems {
  constructor(
    readonly log: Logger,
    readonly policy: ProblemPolicy,
    readonly rootPath: string,
  ) {}

  /** The path as the user knows it. */
  shown(path: string): string {
    return path === '' ? this.rootPath : joinPath(this.rootPath, path);
  }

  warn(message: string, path: string): void {
    this.log('warning', message, { path });
  }

  /** An entry that `lstat` refused. */
  unseen(path: string, errno: string): void {
    this.unreadable(path, Object.assign(new Error(`${errno}: lstat`), { code: errno }));
  }

  /** A directory or an entry that cannot be read. One that is gone was never there. */
  unreadable(path: string, cause: Error & { code?: string }): void {
    if (errnoOf(cause) === undefined) throw cause; // no word of the system about this entry: a thread that died
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') {
      this.log('debug', `${JSON.stringify(path)} vanished while the tree was walked`, { path });
      return;
    }
    const error = localIoError(cause, { operation: 'walk', path: this.shown(path), side: 'source' });
    if (this.policy.onUnreadable === 'error' || NEVER_SKIPPED.has(error.errno)) throw error;
    this.warn(`${JSON.stringify(path)} is left out: it cannot be read (${error.errno ?? error.kind})`, path);
  }

  special(path: string): void {
    const message = `${JSON.stringify(path)} is a socket, FIFO or device`;
    if (this.policy.onSpecialFile === 'error') {
      throw new StorageError('NotAFile', `${message}: remove it, or leave it out by a filter`, {
        path: this.shown(path),
      });
    }
    this.warn(`${message}: left out`, path);
  }
}
