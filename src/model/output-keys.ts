/** Keys of output manifests and the prefixes to list for them (spec/storage.md 1.4 and 1.6). */
import { StorageError } from './errors.js';
import { checkLocation, MANIFEST_PREFIX, type ManifestLocation } from './s3-location.js';
import { timestampText } from './timestamps.js';

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
export function outputListPrefix(location: ManifestLocation, scope: OutputScope): string {
  if (scope.taskId !== undefined && scope.stepId === undefined) {
    throw new StorageError('InvalidConfig', `task ${scope.taskId} was given without its step`);
  }
  return `${outputFolder(location, scope)}/`;
}

/** `{timestamp}_{sessionActionId}`. */
export function sessionActionFolder(action: Pick<SessionAction, 'sessionActionId' | 'startTime'>): string {
  return `${timestampText(action.startTime)}_${action.sessionActionId}`;
}

/** Folder of the output manifests of one session action, without a `/` at the end. */
export function outputManifestFolder(location: ManifestLocation, action: SessionAction): string {
  return `${outputFolder(location, action)}/${sessionActionFolder(action)}`;
}

/** Full key of an output manifest; `name` as `outputManifestName` gives it. */
export function outputManifestKey(location: ManifestLocation, action: SessionAction, name: string): string {
  return `${outputManifestFolder(location, action)}/${name}`;
}

function outputFolder(location: ManifestLocation, { jobId, stepId, taskId }: OutputScope): string {
  const { rootPrefix, farmId, queueId } = checkLocation(location);
  const ids = [farmId, queueId, jobId, stepId, taskId].filter((id) => id !== undefined);
  return [rootPrefix, MANIFEST_PREFIX, ...ids].join('/');
}
