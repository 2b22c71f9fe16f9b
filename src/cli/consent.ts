/**
 * Shows a user what a submission would upload, and asks where they have to agree
 * (spec/files-and-submission.md 7.6). What is asked and with which default is the model's
 * decision. Knows no command.
 */
import {
  type AssetUploadGroup,
  decideSubmit,
  REFUSED_BY_USER,
  type SubmitPaths,
  submitPathsText,
} from '../index.js';
import type { CommandContext } from './command.js';
import { RefusedError, UsageError } from './errors.js';
import { escapeControls } from './output/escape.js';

const QUESTION = 'Do you wish to proceed?';

export interface ConsentOptions {
  /** Every known path was named by the user in this very call, who needs not say it again. */
  readonly trustKnown?: boolean;
}

/**
 * Resolves when the submission may go on. Rejects with {@link RefusedError} after a refusal, with
 * {@link UsageError} where there is nobody to ask.
 */
export async function consent(
  context: CommandContext,
  groups: AssetUploadGroup,
  paths: SubmitPaths,
  { trustKnown = false }: ConsentOptions = {},
): Promise<void> {
  const text = submitPathsText(escaped(paths), countsOf(groups));
  const agreed = context.settings.value('yes') || (trustKnown && paths.unknown.length === 0);
  const decision = decideSubmit(paths, agreed);
  if (decision.kind === 'ask') {
    if (!context.ask) throw nobodyToAsk(paths);
    if (!(await context.ask(text, QUESTION, decision.defaultAnswer))) throw new RefusedError(REFUSED_BY_USER);
    return;
  }
  if (paths.known.length + paths.unknown.length > 0) context.notice(text);
  if (decision.kind === 'cancel') throw new RefusedError(decision.message);
}

function escaped(paths: SubmitPaths): SubmitPaths {
  return {
    ...paths,
    known: paths.known.map(escapeControls),
    unknown: paths.unknown.map(escapeControls),
  };
}

function countsOf({ assetGroups, totalInputFiles, totalInputBytes }: AssetUploadGroup) {
  const outputDirectories = assetGroups.reduce((sum, { outputs }) => sum + outputs.size, 0);
  return { files: totalInputFiles, bytes: totalInputBytes, outputDirectories };
}

function nobodyToAsk({ unknown: [first] }: SubmitPaths): UsageError {
  const path = first?.replace(/^\(output\) /, '');
  const place = path === undefined ? '' : `, and --known-asset-path for places such as ${path}`;
  return new UsageError(
    `the submission has to be confirmed, and standard input is no terminal: give --yes${place}`,
  );
}
