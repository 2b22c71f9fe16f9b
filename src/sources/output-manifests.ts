/**
 * Source: the output manifests of a job, a step, a task or one session action, found by
 * listing. Knows no manifest's content; which of the listed keys count is for
 * model/output-selection.ts to say.
 */
import type { ObjectInfo } from '../backends/storage-client.js';
import { StorageError } from '../model/errors.js';
import { type OutputLocation, type OutputScope, outputListPrefix } from '../model/output-keys.js';
import {
  type OutputManifest,
  OutputSelection,
  outputManifest,
  type SelectBy,
} from '../model/output-selection.js';
import { checkSessionActionId, folderAndName, isOutputOfSessionAction } from '../model/session-action.js';
import type { Source } from '../pipeline/types.js';

/** Lists what lies below a prefix, page by page. */
export type ListPages = (prefix: string, signal?: AbortSignal) => AsyncIterable<readonly ObjectInfo[]>;

/** Whose outputs are asked for. A task, and a session action, need their step. */
export interface OutputQuery extends OutputScope {
  readonly sessionActionId?: string | undefined;
  /** Which run of a task counts. Default: {@link OUTPUT_QUERY_DEFAULTS}. Not asked where a session action is named. */
  readonly selectBy?: SelectBy | undefined;
}
export const OUTPUT_QUERY_DEFAULTS = { selectBy: 'folder' } as const satisfies Partial<OutputQuery>;

/**
 * The manifests that {@link findOutputs} finds, in the order of their keys. Nothing flows
 * before the last page is read: a later key may take a place.
 */
export function outputManifests(
  list: ListPages,
  location: OutputLocation,
  query: OutputQuery,
): Source<OutputManifest> {
  checkQuery(location, query);
  return async function* found(ctx) {
    yield* await findOutputs(list, location, query, ctx.signal);
  };
}

/**
 * Follows spec/storage.md 1.6, and 1.7 for a session action. An empty listing is an empty
 * result. Rejects with `InvalidConfig` for a query that names a part without its whole, and
 * with the errors of `list`.
 */
export async function findOutputs(
  list: ListPages,
  location: OutputLocation,
  query: OutputQuery,
  signal?: AbortSignal,
): Promise<OutputManifest[]> {
  checkQuery(location, query);
  if (query.sessionActionId !== undefined) {
    return await outputsOfSessionAction(list, location, query, query.sessionActionId, signal);
  }
  const selectBy = query.selectBy ?? OUTPUT_QUERY_DEFAULTS.selectBy;
  const selection = new OutputSelection(outputListPrefix(location, { jobId: query.jobId }), selectBy);
  for await (const page of list(outputListPrefix(location, query), signal)) selection.add(page);
  return selection.selected();
}

function checkQuery(location: OutputLocation, query: OutputQuery): void {
  outputListPrefix(location, query); // refuses empty ids and a task without its step
  if (query.sessionActionId === undefined) return;
  checkSessionActionId(query.sessionActionId);
  if (query.stepId !== undefined) return;
  throw new StorageError(
    'InvalidConfig',
    `session action ${query.sessionActionId} was given without its step`,
  );
}

/** Below the task, if one is given; else, or if nothing is there, anywhere below the step: a chunked step has no tasks in its keys. */
async function outputsOfSessionAction(
  list: ListPages,
  location: OutputLocation,
  { jobId, stepId, taskId }: OutputQuery,
  id: string,
  signal: AbortSignal | undefined,
): Promise<OutputManifest[]> {
  const below = async (scope: OutputScope): Promise<OutputManifest[]> => {
    const found: OutputManifest[] = [];
    for await (const page of list(outputListPrefix(location, scope), signal)) {
      for (const object of page) {
        if (!isOutputOfSessionAction(object.key, id)) continue;
        found.push(outputManifest(object, folderAndName(object.key)?.folder ?? ''));
      }
    }
    return found;
  };
  const inTask = taskId ? await below({ jobId, stepId, taskId }) : [];
  return inTask.length > 0 ? inTask : await below({ jobId, stepId });
}
