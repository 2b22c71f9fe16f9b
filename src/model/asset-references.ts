/**
 * The paths that a job refers to, and the `asset_references` document of a job bundle
 * (spec/files-and-submission.md 7.1, 7.3 and 7.4). No path is looked up here.
 */
import { BundleError } from './bundle-error.js';
import { lexicalHostPath } from './host-path-normal.js';
import { isJsonObject, type JsonObject } from './member-checks.js';
import { compareCodePoints } from './order.js';
import type { HostPaths } from './paths.js';
import { shown } from './quoted.js';

export interface AssetReferences {
  /** Files whose content the job reads. */
  readonly inputFilenames: readonly string[];
  /** Directories whose files the job reads. */
  readonly inputDirectories: readonly string[];
  /** Directories that the job writes to. */
  readonly outputDirectories: readonly string[];
  /** Paths that the job mentions; nothing of them is uploaded. */
  readonly referencedPaths: readonly string[];
}

export const NO_REFERENCES: AssetReferences = {
  inputFilenames: [],
  inputDirectories: [],
  outputDirectories: [],
  referencedPaths: [],
};

const FILE = 'asset_references';

export interface ReadAssetReferencesOptions {
  readonly format: HostPaths;
  readonly onWarning?: (message: string) => void;
  /** What messages call the document. Default: the file of a job bundle. */
  readonly file?: string;
}

/**
 * The references of a parsed document, lexically normal: relative ones stay relative and mean
 * the working directory. Nothing and an empty document have none; an empty path is left out
 * with a warning. Throws {@link BundleError} naming the member.
 */
export function readAssetReferences(document: unknown, options: ReadAssetReferencesOptions): AssetReferences {
  if (isEmpty(document)) return NO_REFERENCES;
  const top = objectAt(
    isJsonObject(document) ? document['assetReferences'] : undefined,
    'assetReferences',
    options,
  );
  const inputs = objectAt(top['inputs'] ?? {}, 'assetReferences.inputs', options);
  const outputs = objectAt(top['outputs'] ?? {}, 'assetReferences.outputs', options);
  const read = (object: JsonObject, name: string, place: string): string[] =>
    readPaths(object[name], `assetReferences.${place}`, options);
  return {
    inputFilenames: read(inputs, 'filenames', 'inputs.filenames'),
    inputDirectories: read(inputs, 'directories', 'inputs.directories'),
    outputDirectories: read(outputs, 'directories', 'outputs.directories'),
    referencedPaths: read(top, 'referencedPaths', 'referencedPaths'),
  };
}

function isEmpty(document: unknown): boolean {
  if (document === undefined || document === null) return true;
  return isJsonObject(document) && Object.keys(document).length === 0;
}

function objectAt(value: unknown, field: string, { file = FILE }: ReadAssetReferencesOptions): JsonObject {
  if (isJsonObject(value)) return value;
  throw new BundleError(`${file}: ${field} must be an object, not ${shown(value)}`, { file, field });
}

function readPaths(value: unknown, field: string, options: ReadAssetReferencesOptions): string[] {
  if (value === undefined || value === null) return [];
  const { file = FILE } = options;
  if (!Array.isArray(value) || value.some((path) => typeof path !== 'string')) {
    throw new BundleError(`${file}: ${field} must be a list of paths, not ${shown(value)}`, { file, field });
  }
  const paths = value.filter((path: string) => path !== '');
  if (paths.length < value.length) {
    options.onWarning?.(`${file}: an empty path in ${field} is left out`);
  }
  return unique(paths.map((path: string) => lexicalHostPath(path, options.format)));
}

/** Everything that any of `parts` refers to, each path once, in the order of the parts. */
export function mergeAssetReferences(...parts: readonly AssetReferences[]): AssetReferences {
  const all = (name: keyof AssetReferences): string[] => unique(parts.flatMap((part) => part[name]));
  return {
    inputFilenames: all('inputFilenames'),
    inputDirectories: all('inputDirectories'),
    outputDirectories: all('outputDirectories'),
    referencedPaths: all('referencedPaths'),
  };
}

function unique(paths: readonly string[]): string[] {
  return [...new Set(paths)];
}

/** Whether there is anything to attach. */
export function hasReferences(references: AssetReferences): boolean {
  return Object.values(references).some((paths: readonly string[]) => paths.length > 0);
}

/** The document that holds `references`: lists sorted, members as the Python library writes them. */
export function assetReferencesDocument(references: AssetReferences): JsonObject {
  const sorted = (paths: readonly string[]): string[] => unique(paths).sort(compareCodePoints);
  return {
    assetReferences: {
      inputs: {
        directories: sorted(references.inputDirectories),
        filenames: sorted(references.inputFilenames),
      },
      outputs: { directories: sorted(references.outputDirectories) },
      referencedPaths: sorted(references.referencedPaths),
    },
  };
}
