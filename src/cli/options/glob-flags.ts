/** `-i`, `-e` and `-ie`: which files of a directory (spec/files-and-submission.md 2). */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type GlobConfig, GlobFilter, hostFormat, parseGlobConfig } from '../../index.js';
import type { CommandFlags } from '../command.js';
import { flagList, flagText, repeatable } from './flags.js';

export function addGlobFlags(command: Command): void {
  repeatable(command, '-i, --include <pattern>', 'take only files that match');
  repeatable(command, '-e, --exclude <pattern>', 'leave out files that match');
  command.option(
    '--include-exclude-config <json>',
    'patterns as a JSON object or a file that holds one; also spelled -ie',
  );
}

/**
 * The filter that the flags describe; `undefined` when none was given. Wildcards match names
 * with a leading dot unless `dot` is false. Throws `InvalidGlobPattern` or `NonValidInputError`.
 */
export function globFilter(cwd: string, flags: CommandFlags, dot = true): GlobFilter | undefined {
  const patterns = patternsOf(cwd, flags);
  if (!patterns && dot) return undefined;
  return new GlobFilter({ ...patterns, dot, host: hostFormat });
}

/** The text is only looked at when neither `-i` nor `-e` is there. */
function patternsOf(cwd: string, flags: CommandFlags): GlobConfig | undefined {
  const include = flagList(flags, 'include');
  const exclude = flagList(flags, 'exclude');
  if (include.length > 0 || exclude.length > 0) return { include, exclude };
  const config = flagText(flags, 'includeExcludeConfig');
  return config === undefined ? undefined : parseGlobConfig(config, (path) => fileText(resolve(cwd, path)));
}

/** Content of the file; `undefined` where the text names none, for example because it is JSON. */
function fileText(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  } catch (error) {
    // ENAMETOOLONG: long JSON is no file name. ERR_INVALID_ARG_VALUE: neither is one with a NUL.
    const absent = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
    if (error instanceof Error && 'code' in error && absent.includes(String(error.code))) return undefined;
    throw error;
  }
}
