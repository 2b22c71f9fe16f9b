/**
 * Values that a user gives for a job, and the paths among all values as asset references
 * (spec/files-and-submission.md 7.4, steps 4 to 6).
 */
import { type AssetReferences, mergeAssetReferences, NO_REFERENCES } from './asset-references.js';
import { templateError } from './bundle-files.js';
import type { DocumentValue } from './document-value.js';
import { hostPathParent } from './host-path.js';
import { normalizeHostPath } from './host-path-normal.js';
import { DATA_FLOWS, isUri, type JobParameter, pathItems, typeOfParameter } from './job-parameter.js';
import type { HostPaths } from './paths.js';

export interface ApplyParametersOptions {
  /** As the user gave it; errors show it. */
  readonly bundleDir: string;
  readonly format: HostPaths;
  /** Absolute; relative paths that are given are joined to it. */
  readonly cwd: string;
  /** Whether paths may be URIs, as templates with the `EXPR` extension may. */
  readonly uris: boolean;
}

export interface AppliedParameters {
  readonly parameters: readonly JobParameter[];
  /** What the paths among the values refer to. */
  readonly references: AssetReferences;
}

/**
 * `parameters` with the values `given` for their names; unknown names are ignored, and so is
 * an empty text for a path, which adds no reference either. Throws `BundleError` for a
 * parameter that ends up with neither value nor default.
 */
export function applyJobParameters(
  parameters: readonly JobParameter[],
  given: ReadonlyMap<string, DocumentValue>,
  options: ApplyParametersOptions,
): AppliedParameters {
  const applied = parameters.map((parameter) => applyOne(parameter, given.get(parameter.name), options));
  return {
    parameters: applied.map(({ parameter }) => parameter),
    references: mergeAssetReferences(...applied.map(({ references }) => references)),
  };
}

interface Applied {
  readonly parameter: JobParameter;
  readonly references: AssetReferences;
}

function applyOne(
  parameter: JobParameter,
  given: DocumentValue | undefined,
  options: ApplyParametersOptions,
): Applied {
  const type = typeOfParameter(parameter);
  const isIgnored = given === '' && type === 'PATH';
  if (type === undefined || isIgnored) return { parameter, references: NO_REFERENCES };
  const isGiven = given !== undefined && given !== null;
  const changed = isGiven ? { ...parameter, value: absoluteValue(type, given, options) } : parameter;
  const { value = changed['default'] } = changed;
  if (value === undefined || value === null) throw noValue(parameter.name, options.bundleDir);
  checkDataFlow(changed, type, options.bundleDir);
  return { parameter: changed, references: referencesOf(changed, pathsOf(type, value), options) };
}

function absoluteValue(type: string, value: DocumentValue, options: ApplyParametersOptions): DocumentValue {
  if (type === 'PATH' && typeof value === 'string') return absolutePath(value, options);
  if (type !== 'LIST[PATH]') return value;
  return pathItems(value)?.map((path) => absolutePath(path, options)) ?? value;
}

function absolutePath(path: string, { format, cwd, uris }: ApplyParametersOptions): string {
  return path === '' || (uris && isUri(path)) ? path : normalizeHostPath(path, format, cwd);
}

function noValue(name: string, bundleDir: string): Error {
  const problem = `No parameter value provided for Job Template parameter ${name}, and it has no default value.`;
  return templateError(bundleDir, problem, name);
}

function checkDataFlow({ name, dataFlow = 'NONE' }: JobParameter, type: string, bundleDir: string): void {
  if (type !== 'PATH' && type !== 'LIST[PATH]') return;
  if (typeof dataFlow === 'string' && (DATA_FLOWS as readonly string[]).includes(dataFlow)) return;
  throw templateError(
    bundleDir,
    `Job Template parameter ${name} had an incorrect value ${String(dataFlow)} for 'dataFlow'. Valid values are ['NONE', 'IN', 'OUT', 'INOUT']`,
    name,
  );
}

function pathsOf(type: string, value: DocumentValue): readonly string[] {
  if (type === 'PATH') return typeof value === 'string' ? [value] : [];
  return type === 'LIST[PATH]' ? (pathItems(value) ?? []) : [];
}

function referencesOf(
  { dataFlow = 'NONE', objectType }: JobParameter,
  all: readonly string[],
  { format, uris }: ApplyParametersOptions,
): AssetReferences {
  const paths = all.filter((path) => path !== '' && !(uris && isUri(path)));
  if (dataFlow === 'NONE') return { ...NO_REFERENCES, referencedPaths: paths };
  const isFile = objectType === 'FILE';
  const isInput = dataFlow !== 'OUT';
  const outputs = isFile ? paths.map((path) => hostPathParent(path, format)) : paths;
  return {
    inputFilenames: isInput && isFile ? paths : [],
    inputDirectories: isInput && !isFile ? paths : [],
    outputDirectories: dataFlow === 'IN' ? [] : outputs,
    referencedPaths: [],
  };
}
