/**
 * What the documents of a job bundle ask for (spec/files-and-submission.md 7.3 and 7.4): the
 * parameters of the job, and the paths that it refers to. Files are read and parsed elsewhere.
 */
import { applyJobParameters } from './apply-parameters.js';
import { type AssetReferences, mergeAssetReferences, readAssetReferences } from './asset-references.js';
import { type DocumentValue, isDocumentObject } from './document-value.js';
import { type JobParameter, usesExpr } from './job-parameter.js';
import type { JoinDefaultsOptions } from './join-defaults.js';
import { mergeQueueParameters } from './merge-parameters.js';
import { readJobParameters } from './read-parameters.js';

/** The parsed documents of a bundle; nothing where there is no file or an empty one. */
export interface BundleDocuments {
  readonly template: DocumentValue | undefined;
  readonly parameterValues?: DocumentValue | undefined;
  readonly assetReferences?: DocumentValue | undefined;
}

export interface PlanBundleOptions extends JoinDefaultsOptions {
  /** Definitions of the queue's environments. Default: none. */
  readonly queueParameters?: readonly JobParameter[];
  /** Shown where queue and bundle disagree. */
  readonly queueId?: string;
  /** Values that the user gives. Default: none. */
  readonly given?: ReadonlyMap<string, DocumentValue>;
  readonly onWarning?: (message: string) => void;
}

export interface BundlePlan {
  /** Those of the queue first. */
  readonly parameters: readonly JobParameter[];
  /** As the documents and values name them: relative ones mean the working directory. */
  readonly references: AssetReferences;
}

/** Reads the documents together. Throws `BundleError` naming file and member. */
export function planBundle(documents: BundleDocuments, options: PlanBundleOptions): BundlePlan {
  const { queueParameters = [], queueId, given = new Map() } = options;
  const { template } = documents;
  const bundle = readJobParameters(template, documents.parameterValues, options);
  const merged = mergeQueueParameters(queueParameters, bundle, queueId);
  const named = readAssetReferences(documents.assetReferences, options);
  const uris = isDocumentObject(template) && usesExpr(template);
  const { parameters, references } = applyJobParameters(merged, given, { ...options, uris });
  return { parameters, references: mergeAssetReferences(named, references) };
}
