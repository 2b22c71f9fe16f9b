/** What `submitBundleAttachments` would send, ask and cost. Reads files and asks the store; sends no byte and writes no manifest. */
import type { AssetUploadGroup } from '../model/asset-groups.js';
import { type BundleAttachmentsRequest, bundleSettings, gatherBundle, groupFiles } from './gather-bundle.js';
import { withHashPool } from './hash-pool.js';
import { planFiles, type SubmitPlan } from './plan-submit.js';
import { hashedFiles } from './tree-options.js';

export interface BundleAttachmentsPlan extends SubmitPlan {
  readonly groups: AssetUploadGroup;
}

/** Plans what `submitBundleAttachments` would do with the same request, `onGrouped` included. Rejects as it does, but for errors of sending. */
export async function planBundleAttachments(
  request: BundleAttachmentsRequest,
): Promise<BundleAttachmentsPlan> {
  const settings = bundleSettings(request);
  const { chunkSizeBytes } = settings;
  return await withHashPool(async (pool) => {
    const files = await gatherBundle(request, pool);
    const { groups, totals } = files;
    const manifests = groups.assetGroups.filter(({ inputs }) => inputs.size > 0).length;
    const shape = { chunkSizeBytes, pool, manifests, totals };
    const plan = await planFiles(request.store, request, shape, (options) =>
      hashedFiles(groupFiles(files), pool, settings, options, false),
    );
    return { ...plan, groups };
  }, request.hashPool);
}
