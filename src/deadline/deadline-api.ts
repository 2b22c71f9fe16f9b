/**
 * The port to the Deadline Cloud service (spec/worker-and-cli.md section 6): the calls that
 * this package makes, one method each, with the members of their answers that it reads. Knows
 * no SDK and no network; `aws-deadline.ts` is the default implementation.
 */
import type { Attachments } from '../model/attachments.js';
import type { CreateJobRequest } from '../model/create-job-request.js';

/** Every call takes a signal; aborting it rejects with `CancelledError`. */
export interface DeadlineCall {
  readonly signal?: AbortSignal;
}

export interface QueueId {
  readonly farmId: string;
  readonly queueId: string;
}
export interface JobId extends QueueId {
  readonly jobId: string;
}
export interface StepId extends JobId {
  readonly stepId: string;
}
export interface TaskId extends StepId {
  readonly taskId: string;
}

/** The service's state of a job, step or task; new names appear there without notice. */
export type StatusName = string;

export interface Job {
  readonly jobId: string;
  readonly name: string;
  readonly lifecycleStatus?: StatusName;
  /** What the service called `lifecycleStatus` before. */
  readonly state?: StatusName;
  readonly lifecycleStatusMessage?: string;
  readonly taskRunStatus?: StatusName;
  readonly storageProfileId?: string;
  /** Read it with `readAttachments`. */
  readonly attachments?: unknown;
  readonly createdAt?: Date;
  readonly endedAt?: Date;
}

export interface Step {
  readonly stepId: string;
  readonly name: string;
}

export interface Task {
  readonly taskId: string;
  /** Values by name, as the service writes them: `{"Frame": {"int": "5"}}`. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly latestSessionActionId?: string;
}

/** Where a queue keeps job attachments. */
export interface JobAttachmentSettings {
  readonly s3BucketName: string;
  readonly rootPrefix: string;
}

export interface Queue {
  readonly queueId: string;
  readonly displayName: string;
  /** Absent where the queue takes no attachments; see `attachmentSettingsOf`. */
  readonly jobAttachmentSettings?: Partial<JobAttachmentSettings>;
  /** All that the service said, for `queue.json` of a debug snapshot. */
  readonly [member: string]: unknown;
}

export interface QueueEnvironmentView {
  readonly template: string;
  readonly priority: number;
  /** `YAML` or `JSON`; the former reads both. */
  readonly templateType?: string;
  readonly name?: string;
}

/** As the service answers it: read it with `readStorageProfile`. */
export interface StorageProfileView {
  readonly storageProfileId?: string;
  readonly displayName?: string;
  readonly osFamily?: string;
  readonly fileSystemLocations?: readonly unknown[];
}

export interface JobSummary {
  readonly jobId: string;
  readonly name?: string;
  readonly lifecycleStatus?: StatusName;
  readonly taskRunStatus?: StatusName;
  readonly taskRunStatusCounts?: Readonly<Record<string, number>>;
  readonly createdAt?: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

export interface SearchJobsInput {
  readonly farmId: string;
  readonly queueIds: readonly string[];
  /** As in the service model. */
  readonly filterExpressions?: unknown;
  readonly sortExpressions?: readonly unknown[];
  readonly pageSize?: number;
}

export interface Session {
  readonly sessionId: string;
  readonly lifecycleStatus?: StatusName;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
}

export interface SessionAction {
  readonly sessionActionId: string;
  readonly status?: StatusName;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** As in the service model: `{"taskRun": {"stepId", "taskId"}}` and others. */
  readonly definition?: Readonly<Record<string, unknown>>;
  readonly manifests?: readonly {
    readonly outputManifestPath?: string;
    readonly outputManifestHash?: string;
  }[];
}

export interface StepDependency {
  readonly stepId: string;
  readonly status?: StatusName;
}

/** Temporary keys of a queue's role. Never logged. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Whose role: that of a user, one that may only read, or that of a worker, which has to name itself. */
export type AssumeQueueRoleInput = DeadlineCall &
  (
    | (QueueId & { readonly mode: 'USER' | 'READ' })
    | (QueueId & { readonly mode: 'WORKER'; readonly fleetId: string; readonly workerId: string })
  );

export type CreateJobCall = Omit<CreateJobRequest, 'attachments'> & {
  readonly attachments?: Attachments;
  /** Makes repetitions of one call one job. Default: a fresh one per call. */
  readonly clientToken?: string;
};

/**
 * The calls. Each rejects with `DeadlineServiceError` (code `DeadlineOperationError`) when the service says no, with
 * a `StorageError` of a credential or network kind when it could not be asked, and with `CancelledError`. Lists ask
 * for their next page when it is needed.
 */
export interface DeadlineApi {
  createJob(i: CreateJobCall & DeadlineCall): Promise<{ readonly jobId: string }>;
  getJob(i: JobId & DeadlineCall): Promise<Job>;
  getStep(i: StepId & DeadlineCall): Promise<Step>;
  getTask(i: TaskId & DeadlineCall): Promise<Task>;
  getQueue(i: QueueId & DeadlineCall): Promise<Queue>;
  listQueueEnvironments(i: QueueId & DeadlineCall): AsyncIterable<{ readonly queueEnvironmentId: string }>;
  getQueueEnvironment(
    i: QueueId & { readonly queueEnvironmentId: string } & DeadlineCall,
  ): Promise<QueueEnvironmentView>;
  getStorageProfileForQueue(
    i: QueueId & { readonly storageProfileId: string } & DeadlineCall,
  ): Promise<StorageProfileView>;
  searchJobs(i: SearchJobsInput & DeadlineCall): AsyncIterable<JobSummary>;
  listSessions(i: JobId & DeadlineCall): AsyncIterable<Session>;
  listSessionActions(
    i: JobId & { readonly sessionId?: string; readonly taskId?: string } & DeadlineCall,
  ): AsyncIterable<SessionAction>;
  listStepDependencies(i: StepId & DeadlineCall): AsyncIterable<StepDependency>;
  assumeQueueRole(i: AssumeQueueRoleInput): Promise<Credentials>;
  /** Gives sockets back. Calls that still run end as they will. */
  close(): void;
}
