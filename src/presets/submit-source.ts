/** Where the files of a submission come from: one directory, or several paths and the directory that they share. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { TreeEntry } from '../model/file-item.js';
import { OptionError } from '../pipeline/errors.js';
import type { Source } from '../pipeline/types.js';
import { listedPaths } from '../sources/listed-paths.js';
import { type WalkOptions, walkTree } from '../sources/walk-tree.js';

export type SubmitPlace = { readonly root: string } | { readonly paths: readonly string[] };

export interface SubmitSource {
  /** Absolute; of several paths the directory that they have in common. */
  readonly root: string;
  readonly make: (options: WalkOptions) => Source<TreeEntry>;
}

/** Root and source of a submission. Files are taken as they are, unfiltered. Throws `InvalidConfig` for no paths at all. */
export async function submitSource(place: SubmitPlace): Promise<SubmitSource> {
  if ('root' in place) {
    const root = resolve(place.root);
    return { root, make: (options) => walkTree(root, options) };
  }
  if (place.paths.length === 0)
    throw new OptionError('paths', 'is empty: name at least one file or directory');
  const paths = place.paths.map((path) => resolve(path));
  const common = commonDirectory(paths);
  const root = (await isFile(common)) ? dirname(common) : common;
  return { root, make: (options) => listedPaths(root, paths, options) };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false; // a missing one is the source's to report
}

/** The longest path that every path is at or below. */
function commonDirectory(paths: readonly string[]): string {
  const [first = '/', ...others] = paths;
  let common = first;
  for (const path of others) {
    while (path !== common && !path.startsWith(common === '/' ? '/' : `${common}/`)) common = dirname(common);
  }
  return common;
}
