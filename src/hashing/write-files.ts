/**
 * The thread's side of placing small files: each is written beside its target, dated, and named when it
 * is whole. One message for many files costs less than the seven calls that each of them takes otherwise.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  futimesSync,
  linkSync,
  openSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { runnableMode } from '../model/runnable-mode.js';
import { fsPath } from './fs-path.js';
import type { WriteTask } from './messages.js';
import type { WriteOutcome } from './ports.js';

const O_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** What became of each file. */
export function writeFiles(task: WriteTask): WriteOutcome[] {
  const { sizes, mtimes, runnable, replace } = task;
  const paths = task.paths.split('\0');
  const temporaries = task.temporaries.split('\0');
  const bodies = new Uint8Array(task.body);
  let at = 0;
  return sizes.map((size, index) => {
    const temporary = fsPath(temporaries[index] ?? '');
    const body = bodies.subarray(at, at + size);
    at += size;
    if (!isWritten(temporary, body, mtimes[index], runnable[index] === true)) return 'failed';
    return isNamed(temporary, fsPath(paths[index] ?? ''), replace) ? 'named' : 'unnamed';
  });
}

/** False when the file could not be made; nothing of it is left then. */
function isWritten(
  path: string | Buffer,
  content: Uint8Array,
  mtime: number | string | undefined,
  runnable: boolean,
): boolean {
  let file: number;
  try {
    file = openSync(path, O_NEW, 0o666);
  } catch {
    return false;
  }
  try {
    try {
      for (let done = 0; done < content.length; ) {
        done += writeSync(file, content, done, content.length - done, done);
      }
      if (runnable) fchmodSync(file, runnableMode(fstatSync(file).mode));
      if (mtime !== undefined) futimesSync(file, mtime, mtime);
    } finally {
      closeSync(file);
    }
    return true;
  } catch {
    remove(path);
    return false;
  }
}

/** False when the name is taken, or cannot be given this way: the file keeps its temporary one. */
function isNamed(temporary: string | Buffer, path: string | Buffer, replace: boolean): boolean {
  try {
    if (replace) renameSync(temporary, path);
    else linkSync(temporary, path);
  } catch {
    return false;
  }
  if (!replace) remove(temporary);
  return true;
}

/** What cannot be removed now goes like what a killed run left behind. */
function remove(path: string | Buffer): void {
  try {
    unlinkSync(path);
  } catch {}
}
