/**
 * Finds what a link target means inside one manifest: links on the way and at the end are
 * followed, everything by text. Used by symlink-collapse.ts; knows no policy.
 */
import { ManifestError } from './errors.js';
import { joinPath } from './join.js';
import type { FileEntry, ManifestV2025 } from './manifest.js';
import { compareUtf16 } from './order.js';
import { parentPath } from './paths.js';
import { quoted } from './quoted.js';

/** One step of a search: the answer, or the path whose answer is needed first. */
type Step = { readonly found: string | undefined } | { readonly needs: string };

/** Looks into the live entries of a manifest. */
export class LinkTargets {
  readonly #byPath = new Map<string, FileEntry>();
  readonly #sorted: readonly FileEntry[];
  readonly #dirs: ReadonlySet<string>;
  readonly #root: string;
  /** Paths that were looked up; `undefined` is "not in the manifest", {@link BUSY} "being looked up". */
  readonly #known = new Map<string, string | undefined | typeof BUSY>();

  constructor(manifest: ManifestV2025) {
    const live = manifest.files.filter((file) => file.deleted !== true);
    for (const file of live) if (!this.#byPath.has(file.path)) this.#byPath.set(file.path, file);
    this.#sorted = [...this.#byPath.values()].sort((a, b) => compareUtf16(a.path, b.path));
    this.#dirs = new Set(manifest.dirs.filter((dir) => dir.deleted !== true).map((dir) => dir.path));
    this.#root = manifest.pathStyle === 'relative' ? '.' : '/';
  }

  /** The regular file at `path`, if one is there. */
  fileAt(path: string): FileEntry | undefined {
    return this.#byPath.get(path);
  }

  /** Live entries below a directory, in path order. */
  *below(dir: string): Generator<FileEntry> {
    const prefix = prefixOf(dir);
    for (let at = this.#firstAtLeast(prefix); at < this.#sorted.length; at++) {
      const file = this.#sorted[at];
      if (file === undefined || !file.path.startsWith(prefix)) return;
      yield file;
    }
  }

  /**
   * Path of the file or directory that `target` ends at, free of links; `undefined` where
   * the manifest has none. Throws `SYMLINK_CYCLE` for links that lead back to themselves.
   */
  locate(target: string): string | undefined {
    const open = [target];
    for (let path = open.at(-1); path !== undefined; path = open.at(-1)) {
      const step = this.#isSettled(path) ? { found: this.#settled(path) } : this.#step(path);
      if ('found' in step) {
        this.#known.set(path, step.found);
        open.pop();
      } else {
        if (this.#known.get(step.needs) === BUSY) throw cycleError(step.needs);
        this.#known.set(path, BUSY);
        open.push(step.needs);
      }
    }
    return this.#settled(target);
  }

  #step(path: string): Step {
    const entry = this.#byPath.get(path);
    if (entry?.symlinkTarget !== undefined) return this.#after(path, entry.symlinkTarget);
    if (entry !== undefined || this.#isDirectory(path)) return { found: path };
    const link = this.#linkAbove(path);
    if (link === undefined) return { found: undefined };
    if (!this.#isSettled(link)) return { needs: link };
    const real = this.#settled(link);
    return real === undefined
      ? { found: undefined }
      : this.#after(path, joinPath(real, path.slice(link.length + 1)));
  }

  /** The answer for `path` is that for `next`. */
  #after(path: string, next: string): Step {
    if (next === path) throw cycleError(path);
    return this.#isSettled(next) ? { found: this.#settled(next) } : { needs: next };
  }

  #isSettled(path: string): boolean {
    return this.#known.has(path) && this.#known.get(path) !== BUSY;
  }

  #settled(path: string): string | undefined {
    const known = this.#known.get(path);
    return known === BUSY ? undefined : known;
  }

  #isDirectory(path: string): boolean {
    if (path === this.#root || this.#dirs.has(path)) return true;
    const prefix = prefixOf(path);
    return this.#sorted[this.#firstAtLeast(prefix)]?.path.startsWith(prefix) === true;
  }

  #linkAbove(path: string): string | undefined {
    let above = parentPath(path);
    while (above !== undefined && this.#byPath.get(above)?.symlinkTarget === undefined)
      above = parentPath(above);
    return above;
  }

  /** Index of the first entry whose path is not before `prefix`. */
  #firstAtLeast(prefix: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareUtf16(this.#sorted[middle]?.path ?? '', prefix) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const BUSY = Symbol('busy');

/** What every path below `dir` starts with. */
function prefixOf(dir: string): string {
  if (dir === '.') return '';
  return dir.endsWith('/') ? dir : `${dir}/`;
}

export function cycleError(path: string): ManifestError {
  return new ManifestError('SYMLINK_CYCLE', `the links through ${quoted(path)} lead back to themselves`, {
    path,
  });
}
