/** Paths as a caller gives them to a preset, checked and made absolute (spec/files-and-submission.md 4.1). Asks no disk. */
import { normalizeHostPath, normalizeHostPaths } from '../model/host-path-normal.js';
import { OptionError } from '../pipeline/errors.js';
import { hostFormat } from './host-format.js';

/** The directory of option `root`, absolute and normal. Throws `InvalidConfig` for what is no text, `InvalidPath` for no path. */
export function givenRoot(root: string): string {
  if (typeof root === 'string') return normalizeHostPath(root, hostFormat, process.cwd());
  throw new OptionError('root', `must be the path of a directory, not ${String(root)}`);
}

/** The paths of a list option, absolute and normal; empty ones are dropped. Throws as {@link givenRoot}. */
export function givenList(option: string, paths: readonly string[]): string[] {
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string'))
    throw new OptionError(option, 'must be a list of paths');
  return normalizeHostPaths(paths, hostFormat, process.cwd());
}
