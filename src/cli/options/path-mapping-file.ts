/** `--path-mapping-rules FILE`: a list of rules, or an OpenJD document that holds one (spec/worker-and-cli.md 4.1). */
import { readFile } from 'node:fs/promises';
import { ValidationError } from '../../index.js';
import { UsageError } from '../errors.js';

export interface PathMappingRule {
  readonly sourcePathFormat: 'posix' | 'windows';
  readonly sourcePath: string;
  readonly destinationPath: string;
}

/** Reads the file. Throws {@link UsageError} when it cannot be read or is no JSON, `NonValidInputError` when it holds no rules. */
export async function readPathMappingRules(file: string): Promise<readonly PathMappingRule[]> {
  const document = await readJson(file);
  const rules = isRecord(document) ? document['path_mapping_rules'] : document;
  if (!Array.isArray(rules)) throw invalid(file, 'holds no list of path mapping rules');
  return rules.map((rule, index) => checkedRule(file, rule, index));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--path-mapping-rules ${file} cannot be read: ${reason}`, { cause });
  }
}

function checkedRule(file: string, rule: unknown, index: number): PathMappingRule {
  const member = (name: string): string => {
    const value = isRecord(rule) ? rule[name] : undefined;
    if (typeof value !== 'string' || value === '')
      throw invalid(file, `has no text ${name} in rule ${index}`);
    return value;
  };
  const format = member('source_path_format').toLowerCase();
  if (format !== 'posix' && format !== 'windows') {
    throw invalid(file, `has the unknown source_path_format ${JSON.stringify(format)} in rule ${index}`);
  }
  return {
    sourcePathFormat: format,
    sourcePath: member('source_path'),
    destinationPath: member('destination_path'),
  };
}

function invalid(file: string, problem: string): ValidationError {
  return new ValidationError('NonValidInputError', `Path mapping file ${file} ${problem}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
