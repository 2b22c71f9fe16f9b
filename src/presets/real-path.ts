/** What links resolve to, also for paths that do not exist, and how pure decisions ask for it without waiting. */
import { promises as fs } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { RealPath } from '../model/location-index.js';
import { CancelledError } from '../pipeline/errors.js';

/** As systems do: links that lead on and on are no path. */
const MAX_LINKS = 40;

/** `path`, absolute, with its links resolved as far as it exists; one that leads in a circle stays as it is. */
export async function realPathOf(path: string, links = 0): Promise<string> {
  const real = await fs.realpath(path).catch(() => undefined);
  if (real !== undefined) return real;
  const parent = dirname(path);
  if (parent === path) return path;
  const realParent = await realPathOf(parent, links);
  const target = await fs.readlink(path).catch(() => undefined);
  if (target === undefined) return join(realParent, basename(path));
  return links < MAX_LINKS ? realPathOf(resolve(realParent, target), links + 1) : path;
}

/** Thrown through a decision that asks for a path which is not known yet. */
class UnknownPath {
  constructor(readonly path: string) {}
}

/**
 * What `decide` says with the real paths that it asks for. It is called again after each path that had to be looked
 * up, so it must be pure, and ask for few.
 */
export async function withRealPaths<T>(decide: (realPath: RealPath) => T, signal?: AbortSignal): Promise<T> {
  const known = new Map<string, string>();
  for (;;) {
    if (signal?.aborted) throw new CancelledError(undefined, { cause: signal.reason });
    try {
      return decide((path) => {
        const real = known.get(path);
        if (real === undefined) throw new UnknownPath(path);
        return real;
      });
    } catch (error) {
      if (!(error instanceof UnknownPath)) throw error;
      known.set(error.path, await realPathOf(error.path));
    }
  }
}
