/**
 * What a worker knows about one root of a session, and hands to its subprocesses as a JSON
 * list (spec/worker-and-cli.md 1.5). The hash is handed in; no file is read here.
 */

import { asciiJson } from './ascii-json.js';
import { type ManifestProperties, manifestPropertiesJson, readManifestProperties } from './attachments.js';
import { ValidationError } from './errors.js';
import { type HexHash, nameHash } from './manifest-names.js';
import { isJsonObject } from './member-checks.js';
import { encodeManifestMetadata } from './metadata.js';
import type { PathMappingRule } from './path-mapping-rule.js';
import type { HostPaths } from './paths.js';
import { shown } from './quoted.js';
import { convertRelative } from './relative-host-path.js';

/** One element of the list; `localManifestPaths` and `localInputManifestPath` are always there. */
export interface WorkerManifestPropertiesJson {
  readonly manifestProperties: ManifestProperties;
  readonly localManifestPaths: readonly string[];
  readonly localRootPath: string;
  readonly localInputManifestPath: string | null;
}

/** One root of a session. The only thing that grows is its list of local manifests. */
export class WorkerManifestProperties {
  readonly #localManifestPaths: string[];

  constructor(
    readonly manifestProperties: ManifestProperties,
    readonly localRootPath: string,
    localManifestPaths: readonly string[] = [],
    readonly localInputManifestPath?: string,
  ) {
    this.#localManifestPaths = [...localManifestPaths];
  }

  /** Unknown members are ignored. Throws `NonValidInputError` naming the member; `place` says where the object stands. */
  static fromJSON(json: unknown, place = 'worker properties'): WorkerManifestProperties {
    if (!isJsonObject(json)) throw invalid(place, 'must be an object', json);
    const { manifestProperties, localRootPath, localManifestPaths = [], localInputManifestPath } = json;
    if (typeof localRootPath !== 'string')
      throw invalid(`${place}.localRootPath`, 'must be a text', localRootPath);
    return new WorkerManifestProperties(
      readManifestProperties(manifestProperties, `${place}.manifestProperties`),
      localRootPath,
      texts(localManifestPaths, `${place}.localManifestPaths`),
      optionalText(localInputManifestPath, `${place}.localInputManifestPath`),
    );
  }

  get rootPath(): string {
    return this.manifestProperties.rootPath;
  }

  get rootPathFormat(): HostPaths {
    return this.manifestProperties.rootPathFormat;
  }

  get fileSystemLocationName(): string | undefined {
    return this.manifestProperties.fileSystemLocationName;
  }

  get outputRelativeDirectories(): readonly string[] | undefined {
    return this.manifestProperties.outputRelativeDirectories;
  }

  /** In the order in which they were added. */
  get localManifestPaths(): readonly string[] {
    return [...this.#localManifestPaths];
  }

  /** Remembers a further manifest of this root. */
  addLocalManifestPath(path: string): void {
    this.#localManifestPaths.push(path);
  }

  toJSON(): WorkerManifestPropertiesJson {
    return {
      manifestProperties: manifestPropertiesJson(this.manifestProperties),
      localManifestPaths: this.localManifestPaths,
      localRootPath: this.localRootPath,
      localInputManifestPath: this.localInputManifestPath ?? null,
    };
  }

  /** From the root as submitted to the local one. */
  toPathMappingRule(): PathMappingRule {
    return {
      sourcePathFormat: this.rootPathFormat,
      sourcePath: this.rootPath,
      destinationPath: this.localRootPath,
    };
  }

  /** XXH128 of location name and root: part of the names of output manifests. */
  hashedSourcePath(xxh128: HexHash): string {
    return nameHash(this.rootPath, this.fileSystemLocationName, xxh128);
  }

  /** User metadata of this root's output manifests. Throws `InvalidConfig`. */
  asOutputMetadata(): Record<string, string> {
    return encodeManifestMetadata(this.rootPath, this.fileSystemLocationName);
  }

  /** The output directories as `host` writes them; nothing where the root names none at all. Throws `InvalidPath`. */
  localOutputRelativeDirectories(host: HostPaths): string[] | undefined {
    return this.outputRelativeDirectories?.map((path) => convertRelative(path, this.rootPathFormat, host));
  }
}

/** The list as the worker's file holds it: indented by two, pure ASCII. */
export function workerPropertiesText(roots: readonly WorkerManifestProperties[]): string {
  return asciiJson(roots, 2);
}

/** The roots of a parsed file, which holds a list. Throws `NonValidInputError`. */
export function readWorkerProperties(document: unknown): WorkerManifestProperties[] {
  if (!Array.isArray(document)) throw invalid('worker properties', 'must be a list', document);
  return document.map((one: unknown, index) =>
    WorkerManifestProperties.fromJSON(one, `worker properties [${index}]`),
  );
}

function texts(value: unknown, place: string): string[] {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw invalid(place, 'must be a list of texts', value);
}

function optionalText(value: unknown, place: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return value ?? undefined;
  throw invalid(place, 'must be a text or null', value);
}

function invalid(place: string, rule: string, value: unknown): ValidationError {
  return new ValidationError('NonValidInputError', `${place} ${rule}, not ${shown(value)}`);
}
