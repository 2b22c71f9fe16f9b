/**
 * Rules that move paths from one host to another, in the three spellings in use
 * (spec/files-and-submission.md 5.2). Applying them: path-mapper.ts.
 */
import { ValidationError } from './errors.js';
import { hostPathParts } from './host-path.js';
import { isJsonObject, type JsonObject } from './member-checks.js';
import type { HostPaths } from './paths.js';
import { quoted, shown } from './quoted.js';

export interface PathMappingRule {
  readonly sourcePathFormat: HostPaths;
  readonly sourcePath: string;
  readonly destinationPath: string;
}

/** A rule as the worker and the Python library write it. */
export interface PathMappingRuleJson {
  readonly source_path_format: HostPaths;
  readonly source_path: string;
  readonly destination_path: string;
}

export const OPENJD_PATH_MAPPING_VERSION = 'pathmapping-1.0';

/** What an OpenJD session reads; the format is in upper case there. */
export interface OpenJdPathMapping {
  readonly version: typeof OPENJD_PATH_MAPPING_VERSION;
  readonly path_mapping_rules: readonly {
    readonly source_path_format: 'POSIX' | 'WINDOWS';
    readonly source_path: string;
    readonly destination_path: string;
  }[];
}

export function ruleToJson(rule: PathMappingRule): PathMappingRuleJson {
  return {
    source_path_format: rule.sourcePathFormat,
    source_path: rule.sourcePath,
    destination_path: rule.destinationPath,
  };
}

export function openJdPathMapping(rules: readonly PathMappingRule[]): OpenJdPathMapping {
  return {
    version: OPENJD_PATH_MAPPING_VERSION,
    path_mapping_rules: rules.map((rule) => ({
      ...ruleToJson(rule),
      source_path_format: rule.sourcePathFormat === 'windows' ? 'WINDOWS' : 'POSIX',
    })),
  };
}

/**
 * The rules of a parsed document: a list, or an OpenJD document that holds one; each rule in
 * the worker's or the service's spelling. `file` names the document in errors:
 * `NonValidInputError` with file and member.
 */
export function readPathMappingRules(document: unknown, file: string): PathMappingRule[] {
  const rules = isJsonObject(document) ? document['path_mapping_rules'] : document;
  if (!Array.isArray(rules))
    throw invalid(`${file} holds no list of path mapping rules, but ${shown(document)}`);
  return rules.map((rule: unknown, index) => readRule(rule, `${file}, rule ${index}`));
}

function readRule(rule: unknown, place: string): PathMappingRule {
  if (!isJsonObject(rule)) throw invalid(`${place} must be an object, not ${shown(rule)}`);
  return {
    sourcePathFormat: readPathFormat(memberOf(rule, 'source_path_format', 'sourcePathFormat', place), place),
    sourcePath: memberOf(rule, 'source_path', 'sourcePath', place),
    destinationPath: memberOf(rule, 'destination_path', 'destinationPath', place),
  };
}

function memberOf(rule: JsonObject, name: string, apiName: string, place: string): string {
  const value = rule[name] ?? rule[apiName];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(`${place}: ${name} must be a text that is not empty, not ${shown(value)}`);
}

/** A path format in either case. Throws `NonValidInputError` for any other text. */
export function readPathFormat(text: string, place: string): HostPaths {
  const format = text.toLowerCase();
  if (format === 'posix' || format === 'windows') return format;
  throw invalid(`${place}: ${quoted(text)} is no path format, only "posix" and "windows" are`);
}

function invalid(problem: string): ValidationError {
  return new ValidationError('NonValidInputError', problem);
}

/** Rules in the order that a session asks for: most source parts first, equal ones in their order. */
export function longestFirst(rules: readonly PathMappingRule[]): PathMappingRule[] {
  const length = (rule: PathMappingRule): number =>
    hostPathParts(rule.sourcePath, rule.sourcePathFormat).length;
  return rules.toSorted((a, b) => length(b) - length(a));
}
