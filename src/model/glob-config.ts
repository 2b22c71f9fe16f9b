/**
 * Glob options written as text (spec/files-and-submission.md 2.2): a JSON object, or the path
 * of a file that holds one. Knows no disk: reading a file is handed in.
 */
import { ValidationError } from './errors.js';
import { GLOB_FILTER_DEFAULTS } from './glob-filter.js';

export interface GlobConfig {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Content of the file at `path`, `undefined` where there is no such file. */
export type ReadConfigFile = (path: string) => string | undefined;

/**
 * Reads the options. Absent or empty text, and each missing key, gives the default: everything
 * included, nothing excluded. Patterns are not compiled here. Throws `NonValidInputError`.
 */
export function parseGlobConfig(text: string | undefined, readFile?: ReadConfigFile): GlobConfig {
  if (text === undefined || text === '') return withDefaults({}, '');
  const json = readFile?.(text) ?? text;
  return withDefaults(parseObject(json), json);
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  let cause: unknown;
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value)) return value;
  } catch (error) {
    cause = error;
  }
  throw notValid(`Glob input ${json} cannot be deserialized as JSON`, cause);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withDefaults(options: Readonly<Record<string, unknown>>, json: string): GlobConfig {
  return {
    include: patternsOf(options, 'include', json) ?? GLOB_FILTER_DEFAULTS.include,
    exclude: patternsOf(options, 'exclude', json) ?? GLOB_FILTER_DEFAULTS.exclude,
  };
}

function patternsOf(
  options: Readonly<Record<string, unknown>>,
  key: string,
  json: string,
): string[] | undefined {
  if (!Object.hasOwn(options, key)) return undefined;
  const value = options[key];
  if (Array.isArray(value) && value.every((pattern) => typeof pattern === 'string')) return value;
  throw notValid(`Glob input ${json} must give "${key}" as a list of patterns`);
}

function notValid(message: string, cause?: unknown): ValidationError {
  return new ValidationError('NonValidInputError', message, cause === undefined ? undefined : { cause });
}
