/** How large a plain file is, looked at in place and without opening it. Follows no link. */
import { lstatSync } from 'node:fs';
import { fsPath } from './fs-path.js';

const QUIETLY = { throwIfNoEntry: false } as const;

/** Bytes; -1 where nothing is, `NaN` for what is no plain file or cannot be looked at. */
export function sizeAt(path: string): number {
  try {
    const found = lstatSync(fsPath(path), QUIETLY);
    if (found === undefined) return -1;
    return found.isFile() ? found.size : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
