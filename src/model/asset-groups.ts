/**
 * Groups the paths of a job by where the workers will find them: one group per LOCAL
 * location, drive or share, each with its root (spec/files-and-submission.md 6.2). Fed path by
 * path with what the disk says about it; asks no disk itself.
 */
import { anchorOf } from './host-path.js';
import { normalizeHostPath } from './host-path-normal.js';
import { commonRoot, hostPathKey } from './host-path-order.js';
import { LocationIndex, type RealPath } from './location-index.js';
import { compareCodePoints } from './order.js';
import type { HostPaths } from './paths.js';
import type { FileSystemLocation } from './storage-profile.js';
import { MisconfiguredInputsError } from './submission-errors.js';

/** What a path names, links followed; a broken link is `missing`, a socket, FIFO or device `special`. */
export type PathKind = 'file' | 'directory' | 'special' | 'missing';

/** The files and directories below one root. Paths are absolute and normal, in the spelling that came first. */
export interface AssetRootGroup {
  readonly fileSystemLocationName?: string;
  readonly rootPath: string;
  readonly inputs: ReadonlySet<string>;
  readonly outputs: ReadonlySet<string>;
  readonly references: ReadonlySet<string>;
}

export interface AssetUploadGroup {
  /** By root, then location name, none first. */
  readonly assetGroups: readonly AssetRootGroup[];
  readonly totalInputFiles: number;
  /** Of links, the bytes of their targets. */
  readonly totalInputBytes: number;
}

/** An input and what the disk says about it. */
export interface InputFacts {
  readonly kind: PathKind;
  /** Bytes, of a link those of its target. Default 0. */
  readonly size?: number;
}

export interface AssetGroupingOptions {
  readonly format: HostPaths;
  /** Absolute; relative paths are joined to it. */
  readonly cwd: string;
  /** Default: none. */
  readonly locations?: readonly FileSystemLocation[];
  /** Default {@link ASSET_GROUPING_DEFAULTS}. */
  readonly requirePathsExist?: boolean;
  /** Resolves links for the tests of locations only. Default: texts are compared. Never called without locations. */
  readonly realPath?: RealPath;
  readonly onWarning?: (message: string) => void;
}
export const ASSET_GROUPING_DEFAULTS = {
  requirePathsExist: false,
} as const satisfies Partial<AssetGroupingOptions>;

type Role = 'inputs' | 'outputs' | 'references';

interface OpenGroup {
  readonly name?: string;
  readonly inputs: Map<string, string>;
  readonly outputs: Map<string, string>;
  readonly references: Map<string, string>;
}

/**
 * Takes the paths of a job, empty ones dropped, and gives its groups.
 *
 * Errors: `InvalidConfig` for a location, `InvalidPath` for a path that cannot be made
 * absolute; {@link finish} throws {@link MisconfiguredInputsError} with every bad input.
 */
export class AssetGrouping {
  readonly #options: AssetGroupingOptions & { readonly requirePathsExist: boolean };
  readonly #locations: LocationIndex;
  readonly #groups = new Map<string, OpenGroup>();
  readonly #missing: string[] = [];
  readonly #directories: string[] = [];
  readonly #notRegular: string[] = [];
  #files = 0;
  #bytes = 0;

  constructor(options: AssetGroupingOptions) {
    this.#options = { ...ASSET_GROUPING_DEFAULTS, ...options };
    this.#locations = new LocationIndex(options.locations ?? [], options.format, options.realPath);
  }

  /** The path as the groups will hold it; nothing for an empty one. What the disk is asked about. */
  absolute(path: string): string | undefined {
    return path === '' ? undefined : normalizeHostPath(path, this.#options.format, this.#options.cwd);
  }

  addInput(path: string, { kind, size = 0 }: InputFacts): void {
    const absolute = this.absolute(path);
    if (absolute === undefined) return;
    if (kind === 'missing') this.#addMissing(path, absolute);
    else if (kind === 'directory') this.#directories.push(absolute);
    else if (kind === 'special') this.#addSpecial(path, absolute);
    else if (this.#place('inputs', absolute)) {
      this.#files += 1;
      this.#bytes += size;
    }
  }

  addOutput(path: string): void {
    const absolute = this.absolute(path);
    if (absolute !== undefined) this.#place('outputs', absolute);
  }

  addReference(path: string): void {
    const absolute = this.absolute(path);
    if (absolute !== undefined) this.#place('references', absolute);
  }

  /** The common path of each group, about which {@link finish} asks whether it is a file. */
  roots(): string[] {
    return Array.from(this.#groups.values(), (group) => commonRoot(members(group), this.#options.format));
  }

  /** The groups. `isFile` says of a root whether a file has its name; it is asked once a group. */
  finish(isFile: (path: string) => boolean): AssetUploadGroup {
    const { format } = this.#options;
    this.check();
    const assetGroups = [...this.#groups.values()].map((group) => closed(group, format, isFile));
    assetGroups.sort(compareGroups);
    return { assetGroups, totalInputFiles: this.#files, totalInputBytes: this.#bytes };
  }

  /** Throws {@link MisconfiguredInputsError} if an input that was added is not what it should be. */
  check(): void {
    const [missing, directories, notRegular] = [this.#missing, this.#directories, this.#notRegular];
    if (missing.length + directories.length + notRegular.length === 0) return;
    throw MisconfiguredInputsError.ofFiles({ missing, directories, notRegular });
  }

  #addMissing(path: string, absolute: string): void {
    if (this.#options.requirePathsExist) {
      this.#missing.push(absolute);
      return;
    }
    this.#warn(missingInputText(path, absolute));
    this.#place('references', absolute);
  }

  #addSpecial(path: string, absolute: string): void {
    if (this.#options.requirePathsExist) this.#notRegular.push(absolute);
    else this.#warn(`Input path '${path}' resolving to '${absolute}' is not a regular file. Skipping it.`);
  }

  #warn(message: string): void {
    this.#options.onWarning?.(message);
  }

  /** Whether the path is new to its group. */
  #place(role: Role, path: string): boolean {
    const group = this.#groupOf(path);
    const key = hostPathKey(path, this.#options.format);
    if (!group || group[role].has(key)) return false;
    group[role].set(key, path);
    return true;
  }

  #groupOf(path: string): OpenGroup | undefined {
    const { format, realPath } = this.#options;
    const location = this.#locations.isEmpty ? undefined : this.#locations.find(realPath?.(path) ?? path);
    if (location === 'shared') return undefined;
    // A location's key is a path, so it cannot be the key of an anchor with this mark.
    const key = location?.key ?? `*${hostPathKey(anchorOf(path, format), format)}`;
    const known = this.#groups.get(key);
    if (known) return known;
    const group = openGroup(location?.name);
    this.#groups.set(key, group);
    return group;
  }
}

function openGroup(name: string | undefined): OpenGroup {
  const members = { inputs: new Map(), outputs: new Map(), references: new Map() };
  return name === undefined ? members : { name, ...members };
}

function closed(group: OpenGroup, format: HostPaths, isFile: (path: string) => boolean): AssetRootGroup {
  const { name, inputs, outputs, references } = group;
  const root = commonRoot(members(group), format);
  return {
    ...(name !== undefined && { fileSystemLocationName: name }),
    rootPath: isFile(root) ? normalizeHostPath('..', format, root) : root,
    inputs: new Set(inputs.values()),
    outputs: new Set(outputs.values()),
    references: new Set(references.values()),
  };
}

function* members({ inputs, outputs, references }: OpenGroup): Generator<string> {
  yield* inputs.values();
  yield* outputs.values();
  yield* references.values();
}

function compareGroups(a: AssetRootGroup, b: AssetRootGroup): number {
  return (
    compareCodePoints(a.rootPath, b.rootPath) ||
    compareCodePoints(a.fileSystemLocationName ?? '', b.fileSystemLocationName ?? '')
  );
}

/** The warning of an input that is not there and becomes a reference, in the words of the Python library: its path as given, and absolute. */
export function missingInputText(path: string, absolute: string): string {
  return `Input path '${path}' resolving to '${absolute}' does not exist. Adding to referenced paths.`;
}

/** The paths of a job, as its submission names them. */
export interface AssetPaths {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly references: readonly string[];
}

/**
 * {@link AssetGrouping} of all `paths` at once; `factsOf` is asked about absolute paths, once
 * for each input and each root.
 */
export function groupAssetPaths(
  paths: AssetPaths,
  factsOf: (path: string) => InputFacts,
  options: AssetGroupingOptions,
): AssetUploadGroup {
  const grouping = new AssetGrouping(options);
  for (const input of paths.inputs) {
    const absolute = grouping.absolute(input);
    if (absolute !== undefined) grouping.addInput(input, factsOf(absolute));
  }
  grouping.check();
  for (const output of paths.outputs) grouping.addOutput(output);
  for (const reference of paths.references) grouping.addReference(reference);
  return grouping.finish((path) => factsOf(path).kind === 'file');
}
