/** Places inside a tree that a walk leaves out, because the run itself writes to them. */
import { promises as fs } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import type { Logger } from '../pipeline/types.js';
import type { OpenRoot } from './open-root.js';
import type { WalkFilter } from './walk-filter.js';

/** `filter` without those of the absolute `places` that it would enter below `root`; warns of each. */
export async function leaveOut(
  filter: WalkFilter | undefined,
  root: OpenRoot,
  places: readonly string[],
  log: Logger,
): Promise<WalkFilter | undefined> {
  const found = await Promise.all(places.map((place) => pathBelow(root, place)));
  const inside = new Set(found.filter((path) => path !== undefined));
  const below = [...inside].filter((path) => !filter?.prunes?.(path));
  for (const path of below)
    log('warning', `${JSON.stringify(path)} is left out: this run writes to it`, { path });
  return below.length === 0 ? filter : new Without(below, filter);
}

class Without implements WalkFilter {
  constructor(
    readonly places: readonly string[],
    readonly filter: WalkFilter | undefined,
  ) {}

  matches(path: string): boolean {
    return !this.#isLeftOut(path) && (this.filter?.matches(path) ?? true);
  }

  prunes(directory: string): boolean {
    return this.#isLeftOut(directory) || (this.filter?.prunes?.(directory) ?? false);
  }

  entersLink(directory: string): boolean {
    return this.filter?.entersLink?.(directory) ?? false;
  }

  throughLink(directory: string): WalkFilter {
    return new Without(this.places, this.filter?.throughLink?.(directory) ?? this.filter);
  }

  #isLeftOut(path: string): boolean {
    return this.places.some((place) => path === place || path.startsWith(`${place}/`));
  }
}

/** Where `place` is below the root, `/` between the components; links count by where they lead. */
async function pathBelow(root: OpenRoot, place: string): Promise<string | undefined> {
  const real = await fs.realpath(place).catch(() => undefined); // it may not be there yet
  return real === undefined ? relativeTo(root.path, place) : relativeTo(root.realPath, real);
}

function relativeTo(root: string, place: string): string | undefined {
  const parts = relative(root, place).split(sep);
  const path = parts.join('/');
  return path === '' || parts[0] === '..' || isAbsolute(path) ? undefined : path;
}
