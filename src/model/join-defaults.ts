/**
 * Defaults of path parameters, joined to the directory of their bundle
 * (spec/files-and-submission.md 7.4, step 2). What links resolve to is handed in.
 */
import { templateError } from './bundle-files.js';
import { type DocumentValue, isList } from './document-value.js';
import { isAbsoluteHostPath } from './host-path.js';
import { normalizeHostPath } from './host-path-normal.js';
import { isWithin } from './host-path-order.js';
import { isUri, type JobParameter } from './job-parameter.js';
import type { RealPath } from './location-index.js';
import { checkParameterValue } from './parameter-value.js';
import type { HostPaths } from './paths.js';

export interface JoinDefaultsOptions {
  /** As the user gave it; errors show it. */
  readonly bundleDir: string;
  readonly format: HostPaths;
  /** Absolute. */
  readonly cwd: string;
  readonly realPath: RealPath;
}

/** A parameter, and whether its value is its joined default. */
export interface JoinedParameter {
  readonly parameter: JobParameter;
  readonly isJoined: boolean;
}

/** `parameters` with a value from the default of each path that has none. Throws `BundleError` for a default that leaves the bundle. */
export function joinDefaults(
  parameters: readonly JobParameter[],
  uris: boolean,
  options: JoinDefaultsOptions,
): JoinedParameter[] {
  return parameters.map((parameter) => {
    const value = parameter['value'] === undefined ? joinedDefault(parameter, uris, options) : undefined;
    return value === undefined
      ? { parameter, isJoined: false }
      : { parameter: { ...parameter, value }, isJoined: true };
  });
}

function joinedDefault(
  { name, type, default: otherwise }: JobParameter,
  uris: boolean,
  options: JoinDefaultsOptions,
): DocumentValue | undefined {
  const join = (path: string, what: string): string =>
    path === '' || (uris && isUri(path)) ? path : joinToBundle(path, what, name, options);
  if (type === 'PATH' && typeof otherwise === 'string' && otherwise !== '')
    return join(otherwise, 'Default PATH');
  if (type !== 'LIST[PATH]' || !isList(otherwise)) return undefined;
  if (!otherwise.every((path) => typeof path === 'string')) return undefined;
  return otherwise.map((path, index) => join(path, `Default LIST[PATH] item ${index}`));
}

const WITHIN_BUNDLE = 'PATH values must be relative, and must resolve within the Job Bundle directory.';

function joinToBundle(path: string, what: string, name: string, options: JoinDefaultsOptions): string {
  const { bundleDir, format, cwd, realPath } = options;
  if (isAbsoluteHostPath(path, format)) {
    throw templateError(
      bundleDir,
      `${what} '${path}' for parameter '${name}' is absolute.\n${WITHIN_BUNDLE}`,
      name,
    );
  }
  const bundle = normalizeHostPath(bundleDir, format, cwd);
  const realBundle = realPath(bundle);
  const real = realPath(normalizeHostPath(path, format, realBundle));
  if (isWithin(real, realBundle, format)) return normalizeHostPath(path, format, bundle);
  throw templateError(
    bundleDir,
    `${what} '${real}' for parameter '${name}' specifies files outside of Job Bundle directory '${realBundle}'.\n${WITHIN_BUNDLE}`,
    name,
  );
}

/** Whether a joined default is a value that its parameter takes. Throws `BundleError`. */
export function checkJoined(parameter: JobParameter, bundleDir: string): void {
  try {
    checkParameterValue(parameter, parameter['value'] ?? null);
  } catch (error) {
    throw templateError(
      bundleDir,
      `The default for parameter '${parameter.name}', joined with the Job Bundle directory, is not a valid value: ${(error as Error).message}\nUse allowedValues with absolute paths or URIs, not a relative default.`,
      parameter.name,
    );
  }
}
