/** Source: what a download plan asks for. Directories first, large contents before small ones, links and deletions last. */
import type { DownloadContent, DownloadItem, DownloadPlan } from '../model/download-plan.js';
import type { Source } from '../pipeline/types.js';

export interface ManifestEntriesOptions {
  /** Contents above this many bytes start first, so that none is left to run alone at the end. */
  readonly largeBytes?: number;
  /** Let go of each content when it is pulled, so that memory falls while a large download runs; the plan is of no use afterwards. */
  readonly consume?: boolean;
}
export const MANIFEST_ENTRIES_DEFAULTS: Required<ManifestEntriesOptions> = {
  largeBytes: 32 * 1024 * 1024,
  consume: false,
};

/** The items of `plan`; reads nothing. Source: spec/storage.md 4.1. */
export function manifestEntries(
  plan: DownloadPlan,
  options: ManifestEntriesOptions = {},
): Source<DownloadItem> {
  const { largeBytes, consume } = { ...MANIFEST_ENTRIES_DEFAULTS, ...options };
  const isLarge = ({ size }: DownloadContent): boolean => size > largeBytes;
  return async function* entries() {
    yield* plan.directories;
    yield* plan.contents.filter(isLarge);
    const contents = plan.contents as (DownloadContent | undefined)[];
    for (const [index, content] of contents.entries()) {
      if (consume) contents[index] = undefined;
      if (content && !isLarge(content)) yield content;
    }
    yield* plan.links;
    yield* plan.deletions;
  };
}
