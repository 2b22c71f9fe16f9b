/** What `bundle submit` prints in the end, and what of it while it works (spec/files-and-submission.md 7.5 step 7). */
import { NO_REQUESTS, type SubmitBundleResult, type SubmitPlan } from '../index.js';
import type { DryRun } from './bundle-request.js';
import type { CommandOutcome } from './command.js';
import { escapeControls } from './output/escape.js';
import { planDocument, planText } from './output/plan.js';
import { submissionStats } from './output/stats.js';
import { summaryLines } from './output/summary.js';

const RESULT_TITLE = 'Submitted job bundle:';

/** Tells the lines of a submission that report how far it is from those that are its result. */
export class BundleStatus {
  #result: string[] | undefined;

  constructor(readonly notice: (text: string) => void) {}

  /** Takes a line, and shows it at once unless it is part of the result. */
  add(line: string): void {
    if (line === RESULT_TITLE) this.#result = [];
    const text = `${escapeControls(line)}\n`;
    if (this.#result) this.#result.push(text);
    else this.notice(text);
  }

  get result(): string {
    return (this.#result ?? []).join('');
  }
}

const NOTHING: SubmitPlan = {
  ...{ files: 0, bytes: 0, filesToSend: 0, bytesToSend: 0 },
  ...{ requests: NO_REQUESTS, estimatedCostUsd: 0 },
};

export function bundleOutcome(
  result: SubmitBundleResult,
  dryRun: DryRun,
  status: BundleStatus,
): CommandOutcome {
  const { plan = NOTHING, request, jobId, job } = result;
  if (dryRun === 'plan') return { text: planText(plan), result: planDocument(plan) };
  const more = attachedParts(result);
  if (dryRun) return { text: `${JSON.stringify(request, null, 2)}\n`, result: request, ...more };
  const document = { jobId: jobId ?? null, message: job?.lifecycleStatusMessage ?? null, request };
  return { text: status.result, result: document, ...more };
}

/** What `--save-debug-snapshot` prints. */
export function snapshotOutcome(place: string, result: SubmitBundleResult): CommandOutcome {
  const document = { snapshot: place, request: result.request };
  return { text: `${escapeControls(place)}\n`, result: document, ...attachedParts(result) };
}

function attachedParts({ attached }: SubmitBundleResult): Pick<CommandOutcome, 'notes' | 'stats'> {
  if (!attached) return {};
  const { hashingStats, uploadStats } = attached;
  return {
    notes: [
      ...summaryLines('Hashing Summary:', hashingStats),
      ...summaryLines('Upload Summary:', uploadStats),
    ],
    stats: submissionStats(uploadStats, hashingStats),
  };
}
