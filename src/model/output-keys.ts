/** Keys of output manifests and the prefixes to list for them (spec/storage.md 1.4 and 1.6). */
import { StorageError } from './errors.js';
import { checkLocation, MANIFEST_PREFIX, type ManifestLocation } from './s3-location.js';
import { checkSessionActionId } from './session-action.js';
import { timestampText } from './timestamps.js';

/** Where output manifests lie; another folder than {@link MANIFEST_PREFIX} is not interoperable. */
export interface OutputLocation extends ManifestLocation {
  readonly manifestPrefix?: string | undefined;
}

/** Which part of a job's outputs is meant. */
export interface OutputScope {
  readonly jobId: string;
  readonly stepId?: string | undefined;
  readonly taskId?: string | undefined;
}

/** A session action: where it ran and when it started. */
export interface SessionAction {
  readonly jobId: string;
  readonly stepId: string;
  /** Absent for the action of a chunked step. */
  readonly taskId?: string | undefined;
  readonly sessionActionId: string;
  /** Seconds since the epoch, as a double. */
  readonly startTime: number;
}

/** Prefix below which the outputs of `scope` are, with its `/` at the end. Throws `InvalidConfig` for a task without a step. */
export function outputListPrefix(location: OutputLocation, scope: OutputScope): string {
  if (scope.taskId && scope.stepId === undefined) {
    throw new StorageError('InvalidConfig', `task ${scope.taskId} was given without its step`);
  }
  return `${outputFolder(location, scope)}/`;
}

/** `{timestamp}_{sessionActionId}`. */
export function sessionActionFolder(action: Pick<SessionAction, 'sessionActionId' | 'startTime'>): string {
  checkSessionActionId(action.sessionActionId);
  return `${timestampText(action.startTime)}_${action.sessionActionId}`;
}

/** Folder of the output manifests of one session action, without a `/` at the end. */
export function outputManifestFolder(location: OutputLocation, action: SessionAction): string {
  return `${outputFolder(location, action)}/${sessionActionFolder(action)}`;
}

/** Key of an output manifest below the manifests' folder, as it is reported to the service; `name` as `outputManifestName` gives it. */
export function outputManifestPartialKey(
  location: OutputLocation,
  action: SessionAction,
  name: string,
): string {
  const { rootPrefix, manifestPrefix = MANIFEST_PREFIX } = location;
  return outputManifestKey(location, action, name).slice(`${rootPrefix}/${manifestPrefix}/`.length);
}

/** Full key of an output manifest; `name` as `outputManifestName` gives it. */
export function outputManifestKey(location: OutputLocation, action: SessionAction, name: string): string {
  return `${outputManifestFolder(location, action)}/${name}`;
}

/** Ids are used as they are. An empty one would name another folder; only a task's counts as absent. */
function outputFolder(location: OutputLocation, { jobId, stepId, taskId }: OutputScope): string {
  const { rootPrefix, farmId, queueId, manifestPrefix = MANIFEST_PREFIX } = checkLocation(location);
  const ids = { farm: farmId, queue: queueId, job: jobId, step: stepId, task: taskId || undefined };
  for (const [what, id] of Object.entries(ids)) {
    if (id === '') throw new StorageError('InvalidConfig', `the ${what} id is empty`);
  }
  const given = Object.values(ids).filter((id) => id !== undefined);
  return [rootPrefix, manifestPrefix, ...given].join('/');
}
