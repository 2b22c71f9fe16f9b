/** Manifests of a job as they are stored, one per root: its inputs, then its outputs over them. */
import type { Manifest } from '../model/manifest.js';
import { compareOutputs } from '../model/output-selection.js';
import { mergeInOrder } from '../model/root-groups.js';
import { fetchOutputManifests, type OutputsRequest } from './list-outputs.js';
import type { PresetOptions } from './preset-options.js';
import type { Store } from './store.js';
import { downloadInputManifest } from './stored-manifests.js';

export interface GatherManifestsRequest extends PresetOptions {
  readonly store: Store;
  /** Keys below the manifests' folder, as a job's attachments name them. Default: none. */
  readonly inputManifestPaths?: readonly string[];
  /** Roots of those manifests by path, as the job says them: Python stores none with the manifest. */
  readonly inputRoots?: ReadonlyMap<string, string>;
  /** Whose outputs to add, one after the other. Default: none. */
  readonly outputs?: readonly Omit<OutputsRequest, 'store'>[] | undefined;
}

export interface GatheredManifest {
  /** Absent for input manifests of Python, whose metadata does not say it, unless `inputRoots` does. */
  readonly assetRoot?: string;
  /** Key of the first manifest of this root. */
  readonly key: string;
  /** Merged; later entries win. */
  readonly manifest: Manifest;
}

interface Found {
  readonly assetRoot?: string;
  readonly key: string;
  readonly manifest: Manifest;
}

/**
 * Fetches manifests and merges those of one root: inputs in the given order, then outputs,
 * oldest first. Input manifests without a root in their metadata belong together by name, which
 * is the root's hash. Rejects as `downloadInputManifest` and `fetchOutputManifests` do.
 */
export async function gatherManifests(request: GatherManifestsRequest): Promise<GatheredManifest[]> {
  const { inputManifestPaths = [], inputRoots, outputs = [], ...options } = request;
  const found: Found[] = [];
  for (const inputManifestPath of inputManifestPaths) {
    const assetRoot = inputRoots?.get(inputManifestPath);
    const stored = await downloadInputManifest({ ...options, inputManifestPath });
    found.push({ ...stored, ...(assetRoot !== undefined && { assetRoot }) });
  }
  for (const each of outputs) {
    const fetched = await fetchOutputManifests({ ...options, ...each });
    const ordered = fetched.toSorted((a, b) => compareOutputs(a.source, b.source));
    found.push(...ordered.map(({ stored }) => stored));
  }
  return mergedByRoot(found);
}

function mergedByRoot(found: readonly Found[]): GatheredManifest[] {
  const byRoot = new Map<string, Found[]>();
  for (const each of found) {
    const root = each.assetRoot ?? `\0${each.key.slice(each.key.lastIndexOf('/') + 1)}`;
    byRoot.set(root, [...(byRoot.get(root) ?? []), each]);
  }
  return [...byRoot.values()].map((group) => ({
    ...(group[0] as Found),
    manifest: mergeInOrder(group.map(({ manifest }) => manifest)),
  }));
}
