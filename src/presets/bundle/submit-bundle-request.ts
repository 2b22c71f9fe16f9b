/** What a submission of a job bundle takes and gives (spec/files-and-submission.md 7.5). Types only. */
import type { DeadlineApi, Job, JobAttachmentSettings, Queue } from '../../deadline/deadline-api.js';
import type { AssetUploadGroup } from '../../model/asset-groups.js';
import type { CreateJobRequest, JobSettings } from '../../model/create-job-request.js';
import type { DocumentValue } from '../../model/document-value.js';
import type { JobParameter } from '../../model/job-parameter.js';
import type { StorageProfile } from '../../model/storage-profile.js';
import type { SubmitPaths } from '../../model/submit-confirmation.js';
import type { Clock } from '../../pipeline/types.js';
import type { BundleAttachmentsPlan } from '../plan-bundle-attachments.js';
import type { Store } from '../store.js';
import type {
  SubmitBundleAttachmentsRequest,
  SubmitBundleAttachmentsResult,
} from '../submit-bundle-attachments.js';

/** Gives keys of the queue's role; ask again before they expire. */
export type QueueCredentials = () => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}>;

/** What a user is asked about before anything is hashed. */
export interface SubmitQuestion {
  readonly groups: AssetUploadGroup;
  /** The places of the submission, known ones apart; see `decideSubmit` and `submitPathsText`. */
  readonly paths: SubmitPaths;
}

type Passed = Omit<
  SubmitBundleAttachmentsRequest,
  'store' | 'assetReferences' | 'directoriesInInputFilenames' | 'onGrouped' | 'storageProfile' | 'filter'
>;

export interface SubmitBundleRequest extends Passed {
  /** Relative ones are below `cwd`. */
  readonly bundleDir: string;
  /** The service. Without it no call of the service is made: there are no parameters of the queue, and `dryRun` must be set. */
  readonly deadline?: DeadlineApi;
  /** Where attachments go, in place of the queue's own place. Stays open. */
  readonly store?: Store;
  /** Opens the queue's own place, once there is something to attach; it is closed again. Default: on S3, with the queue's role. */
  readonly openQueueStore?: (
    settings: JobAttachmentSettings,
    credentials: QueueCredentials,
  ) => Promise<Store>;
  /** In place of the one that the service has under `storageProfileId`. */
  readonly storageProfile?: StorageProfile;
  readonly storageProfileId?: string;
  /** In place of those of the queue's environments. */
  readonly queueParameters?: readonly JobParameter[];
  /** Values of parameters that the user gives. */
  readonly given?: ReadonlyMap<string, DocumentValue>;
  /** Another name for the job. */
  readonly name?: string;
  /** Beat what the bundle says. */
  readonly settings?: JobSettings;
  /** Hold where neither the bundle nor `settings` says anything. Default `JOB_DEFAULTS`. */
  readonly defaults?: JobSettings;
  /** Paths that the user named as known to them, beside those that count anyway. */
  readonly knownAssetPaths?: readonly string[];
  /** Setting `settings.known_asset_paths`: a list with the separator of the host. */
  readonly knownAssetPathsSetting?: string;
  /** What `~` in known paths stands for. Default: the home directory. */
  readonly home?: string;
  /** Called before anything is hashed; what it throws ends the submission. Not called where nothing is attached. */
  readonly onGrouped?: (question: SubmitQuestion) => void | Promise<void>;
  /** Called with the lines that the Python command prints. */
  readonly onStatus?: (line: string) => void;
  /** Called as soon as the service has given the job's id, before the wait. */
  readonly onJobCreated?: (jobId: string, request: CreateJobRequest) => void | Promise<void>;
  /**
   * `print-request`: attach everything, and make the request in place of the job. `plan`: only say what would be sent.
   * Default `false`.
   */
  readonly dryRun?: 'print-request' | 'plan' | false;
  readonly clock?: Clock;
}

export interface SubmitBundleResult {
  /** As it was sent, or would be: that of a `plan` has no attachments. */
  readonly request: CreateJobRequest;
  /** Absent in a dry run. */
  readonly jobId?: string;
  /** What the service said of the job in the end. */
  readonly job?: Job;
  /** What was attached; absent where nothing was to be, and in a `plan`. */
  readonly attached?: SubmitBundleAttachmentsResult;
  /** In a `plan`, where something would be attached. */
  readonly plan?: BundleAttachmentsPlan;
  readonly parameters: readonly JobParameter[];
  readonly queue?: Queue;
  readonly storageProfile?: StorageProfile;
}
