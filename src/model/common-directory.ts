/** The deepest directory that holds all paths of a manifest; they are relative, `/` between the components. */
import { parentPath } from './paths.js';

/** Takes path by path; each costs one comparison, and makes no text, where it lies in the directory so far. */
export class CommonDirectory {
  /** Nothing, or ends with `/`; empty for the root. */
  #prefix: string | undefined;

  /** Takes an entry, which lies in the directory that is above it. */
  add(path: string): void {
    if (this.#prefix !== undefined && path.startsWith(this.#prefix)) return;
    this.#widen(prefixOf(parentPath(path) ?? ''));
  }

  /** Takes a directory that may itself be the answer; `.` is the root. */
  addDirectory(path: string): void {
    this.#widen(prefixOf(path === '.' ? '' : path));
  }

  /** Empty for the root, and where nothing was added. */
  get path(): string {
    return (this.#prefix ?? '').slice(0, -1);
  }

  #widen(prefix: string): void {
    let common = this.#prefix ?? prefix;
    while (!prefix.startsWith(common)) common = prefixOf(parentPath(common.slice(0, -1)) ?? '');
    this.#prefix = common;
  }
}

function prefixOf(directory: string): string {
  return directory === '' ? '' : `${directory}/`;
}
