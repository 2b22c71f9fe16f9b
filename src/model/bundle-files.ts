/**
 * Which files of a job bundle are read, and whether the bundle may be read at all
 * (spec/files-and-submission.md 7.3). The disk is asked elsewhere.
 */
import { BundleError } from './bundle-error.js';
import { type DocumentObject, type DocumentValue, isDocumentObject } from './document-value.js';
import { isWithin } from './host-path-order.js';
import { parseJsonDocument } from './json-document.js';
import type { HostPaths } from './paths.js';

/** Names of a bundle's documents, without extension. */
export type BundleFileName = 'template' | 'parameter_values' | 'asset_references';
export type BundleFileType = 'JSON' | 'YAML';

export interface BundleFile {
  /** With its extension. */
  readonly name: string;
  readonly type: BundleFileType;
}

/**
 * The file that holds a document: nothing if there is none and it is not `required`. `names`
 * are the files in the bundle. Throws {@link BundleError} for both spellings, and for none.
 */
export function chooseBundleFile(
  file: BundleFileName,
  names: ReadonlySet<string>,
  bundleDir: string,
  required = file === 'template',
): BundleFile | undefined {
  const [json, yaml] = [`${file}.json`, `${file}.yaml`];
  if (names.has(json) && names.has(yaml)) {
    const problem = `Job bundle directory has both ${json} and ${yaml}, only one is permitted:\n${bundleDir}`;
    throw new BundleError(problem, { file });
  }
  if (names.has(json)) return { name: json, type: 'JSON' };
  if (names.has(yaml)) return { name: yaml, type: 'YAML' };
  if (!required) return undefined;
  throw new BundleError(`Job bundle directory lacks a ${json} or ${yaml}:\n${bundleDir}`, { file });
}

/** Parses YAML with the safe schema, integers and floats apart as {@link DocumentValue} has them. */
export type ParseYaml = (text: string) => DocumentValue;

/** The document in `text`; nothing for an empty one. Throws {@link BundleError} where it cannot be parsed. */
export function parseBundleFile(
  file: BundleFile,
  text: string,
  parseYaml: ParseYaml,
): DocumentValue | undefined {
  if (text === '') return undefined;
  try {
    const document = file.type === 'JSON' ? parseJsonDocument(text) : parseYaml(text);
    return document ?? undefined;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BundleError(`Error loading '${file.name}':\n${reason}`, { file: file.name, cause });
  }
}

/** The error for a bundle that is no directory. */
export function notABundle(bundleDir: string): BundleError {
  return new BundleError(`Job bundle path provided is not a directory:\n${bundleDir}`);
}

/** A path found below the real path of a bundle, and what it resolves to as far as that exists. */
export interface ResolvedEntry {
  readonly path: string;
  readonly realPath: string;
}

/** Throws {@link BundleError} for an entry that leads out of the bundle, whose own links are resolved in `realRoot`. */
export function checkInsideBundle(entry: ResolvedEntry, realRoot: string, format: HostPaths): void {
  if (isWithin(entry.realPath, realRoot, format)) return;
  throw new BundleError(
    `Job bundle cannot contain a path that resolves outside of the resolved bundle directory:\n${realRoot}\n\nPath in bundle:\n${entry.path}\nResolves to:\n${entry.realPath}`,
    { field: entry.path },
  );
}

/** A template with another name for its job; members keep their order. */
export function withJobName(
  template: DocumentValue | undefined,
  name: string,
  bundleDir: string,
): DocumentObject {
  return { ...templateObject(template, bundleDir), name };
}

/** The template's top-level object. Throws {@link BundleError}. */
export function templateObject(template: DocumentValue | undefined, bundleDir: string): DocumentObject {
  if (isDocumentObject(template)) return template;
  throw templateError(bundleDir, 'The document does not contain a top-level object.');
}

/** An error about the template of a bundle; `field` is the member or parameter to blame. */
export function templateError(bundleDir: string, problem: string, field?: string): BundleError {
  return new BundleError(`Job Template for job bundle ${bundleDir}:\n${problem}`, {
    file: 'template',
    ...(field !== undefined && { field }),
  });
}
