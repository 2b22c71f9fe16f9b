/**
 * The `attachments` part of a CreateJob request (spec/files-and-submission.md 7.2): reading
 * and writing its JSON, and the limits of the service. Groups become entries in
 * group-attachments.ts.
 */
import { StorageError, ValidationError } from './errors.js';
import { isJsonObject, type JsonObject } from './member-checks.js';
import type { HostPaths } from './paths.js';
import { quoted, shown } from './quoted.js';

/** `VIRTUAL` asks workers to load files on demand; one that cannot copies instead. */
export type FileSystemMode = 'COPIED' | 'VIRTUAL';
export const DEFAULT_FILE_SYSTEM_MODE: FileSystemMode = 'COPIED';

/** One root of a job. Members are written in this order. */
export interface ManifestProperties {
  readonly rootPath: string;
  readonly fileSystemLocationName?: string;
  readonly rootPathFormat: HostPaths;
  /** Key below the manifests' folder; absent without inputs. */
  readonly inputManifestPath?: string;
  /** XXH128 of the manifest's bytes; absent without inputs. */
  readonly inputManifestHash?: string;
  /** In the separators of the submitting host. */
  readonly outputRelativeDirectories?: readonly string[];
}

export interface Attachments {
  readonly manifests: readonly ManifestProperties[];
  readonly fileSystem: FileSystemMode;
}

/** What the service takes (spec/files-and-submission.md 7.2); lengths in code points. */
export const ATTACHMENT_LIMITS = {
  manifests: 10,
  rootPathLength: 1024,
  locationNameLength: 64,
  inputManifestPathLength: 512,
  inputManifestHashLength: 256,
  outputDirectories: 100,
  outputDirectoryLength: 1024,
} as const;

/** `mode` if it is one. Throws `InvalidConfig`; case matters. */
export function checkFileSystemMode(mode: string): FileSystemMode {
  if (mode === 'COPIED' || mode === 'VIRTUAL') return mode;
  throw new StorageError('InvalidConfig', `the file system must be COPIED or VIRTUAL, not ${quoted(mode)}`);
}

/** The members of one root, absent where empty, in their order. */
export function manifestPropertiesJson(properties: ManifestProperties): ManifestProperties {
  const { rootPath, fileSystemLocationName, rootPathFormat } = properties;
  const { inputManifestPath, inputManifestHash, outputRelativeDirectories = [] } = properties;
  return {
    rootPath,
    ...(fileSystemLocationName && { fileSystemLocationName }),
    rootPathFormat,
    ...(inputManifestPath && { inputManifestPath }),
    ...(inputManifestHash && { inputManifestHash }),
    ...(outputRelativeDirectories.length > 0 && { outputRelativeDirectories }),
  };
}

/** The payload as it is sent. */
export function attachmentsJson({ manifests, fileSystem }: Attachments): Attachments {
  return { manifests: manifests.map(manifestPropertiesJson), fileSystem };
}

/**
 * Reads a payload. Unknown members are ignored, optional ones may be missing, empty or null.
 * Throws `NonValidInputError` naming the member.
 */
export function readAttachments(json: unknown): Attachments {
  if (!isJsonObject(json)) throw invalid('', 'must be an object', json);
  const { manifests, fileSystem = DEFAULT_FILE_SYSTEM_MODE } = json;
  if (!Array.isArray(manifests)) throw invalid('manifests', 'must be a list', manifests);
  if (fileSystem !== 'COPIED' && fileSystem !== 'VIRTUAL') {
    throw invalid('fileSystem', 'must be COPIED or VIRTUAL', fileSystem);
  }
  return {
    manifests: manifests.map((one: unknown, index) => readManifestProperties(one, `manifests[${index}]`)),
    fileSystem,
  };
}

/** Reads one root; its format in any case. `place` names it in errors. Throws `NonValidInputError`. */
export function readManifestProperties(json: unknown, place: string): ManifestProperties {
  if (!isJsonObject(json)) throw invalid(place, 'must be an object', json);
  const rootPath = optionalText(json, 'rootPath', place);
  if (rootPath === undefined) throw invalid(`${place}.rootPath`, 'must be a text', json['rootPath']);
  const name = optionalText(json, 'fileSystemLocationName', place);
  const path = optionalText(json, 'inputManifestPath', place);
  const hash = optionalText(json, 'inputManifestHash', place);
  const outputs = readOutputs(json['outputRelativeDirectories'], place);
  return {
    rootPath,
    ...(name !== undefined && { fileSystemLocationName: name }),
    rootPathFormat: readFormat(json['rootPathFormat'], place),
    ...(path !== undefined && { inputManifestPath: path }),
    ...(hash !== undefined && { inputManifestHash: hash }),
    ...(outputs !== undefined && { outputRelativeDirectories: outputs }),
  };
}

function optionalText(json: JsonObject, name: string, place: string): string | undefined {
  const value = json[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`${place}.${name}`, 'must be a text', value);
}

function readFormat(value: unknown, place: string): HostPaths {
  const format = typeof value === 'string' ? value.toLowerCase() : value;
  if (format === 'posix' || format === 'windows') return format;
  throw invalid(`${place}.rootPathFormat`, 'must be posix or windows', value);
}

function readOutputs(value: unknown, place: string): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw invalid(`${place}.outputRelativeDirectories`, 'must be a list of texts', value);
}

function invalid(member: string, rule: string, value: unknown): ValidationError {
  const name = member === '' ? 'attachments' : `attachments: ${member}`;
  return new ValidationError('NonValidInputError', `${name} ${rule}, not ${shown(value)}`);
}
