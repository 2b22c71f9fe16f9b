/**
 * From asset groups to the `attachments` of a CreateJob request
 * (spec/files-and-submission.md 7.2). Manifests are encoded, hashed and stored elsewhere; what
 * became of them is handed in.
 */
import type { AssetRootGroup } from './asset-groups.js';
import { checkAttachmentLimits } from './attachment-limits.js';
import { type Attachments, checkFileSystemMode, type ManifestProperties } from './attachments.js';
import { hostPathKey, sortedHostPaths } from './host-path-order.js';
import { type HexHash, rootHash } from './manifest-names.js';
import type { HostPaths } from './paths.js';
import { relativeHostPath } from './relative-host-path.js';
import { inputManifestPartialKey } from './s3-location.js';

/** Where a group's input manifest is stored, and its digest. */
export interface InputManifest {
  /** Key below the manifests' folder. */
  readonly inputManifestPath: string;
  /** XXH128 of the bytes as stored. */
  readonly inputManifestHash: string;
}

/**
 * Key below the manifests' folder for the input manifest of the root `rootPath`. `guid` is a
 * version 4 UUID without dashes, a fresh one for every manifest.
 */
export function inputManifestPathOf(
  ids: { readonly farmId: string; readonly queueId: string },
  guid: string,
  rootPath: string,
  xxh128: HexHash,
): string {
  return inputManifestPartialKey(ids, guid, rootHash(rootPath, xxh128));
}

/** The entry of one group; without `manifest` for a group without inputs, which is sent all the same. */
export function manifestPropertiesOf(
  group: AssetRootGroup,
  format: HostPaths,
  manifest?: InputManifest,
): ManifestProperties {
  const { rootPath, fileSystemLocationName } = group;
  const outputRelativeDirectories = relativeOutputs(group, format);
  return {
    rootPath,
    ...(fileSystemLocationName !== undefined && { fileSystemLocationName }),
    rootPathFormat: format,
    ...(manifest && {
      inputManifestPath: manifest.inputManifestPath,
      inputManifestHash: manifest.inputManifestHash,
    }),
    ...(outputRelativeDirectories.length > 0 && { outputRelativeDirectories }),
  };
}

/** Output directories relative to the root, in its separators, sorted by parts, no two equal. */
function relativeOutputs({ rootPath, outputs }: AssetRootGroup, format: HostPaths): string[] {
  const sorted = sortedHostPaths(outputs, format);
  const distinct = new Map<string, string>();
  for (const output of sorted) {
    const key = hostPathKey(output, format);
    if (!distinct.has(key)) distinct.set(key, relativeHostPath(output, rootPath, format));
  }
  return [...distinct.values()];
}

/**
 * The payload of all groups, in their order: nothing for no groups, since the service takes
 * no empty list. Throws `InvalidConfig` for an unknown mode and beyond the service's limits.
 * Call it without manifests before anything is hashed: what cannot be sent need not be uploaded.
 */
export function attachmentsOf(
  groups: readonly AssetRootGroup[],
  options: {
    readonly format: HostPaths;
    readonly fileSystem: string;
    readonly manifestOf?: (group: AssetRootGroup) => InputManifest | undefined;
  },
): Attachments | undefined {
  const fileSystem = checkFileSystemMode(options.fileSystem);
  if (groups.length === 0) return undefined;
  const manifests = groups.map((group) =>
    manifestPropertiesOf(group, options.format, options.manifestOf?.(group)),
  );
  return { manifests: checkAttachmentLimits(manifests), fileSystem };
}
