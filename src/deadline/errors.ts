/** What the service says no with, and what a queue lacks (spec/worker-and-cli.md section 6). */
import { ValidationError } from '../model/errors.js';

export interface DeadlineFailure {
  /** Name of the call in the service model, for example `GetQueue`. */
  readonly operation: string;
  readonly httpStatus?: number;
  /** For example `ResourceNotFoundException`. */
  readonly serviceCode?: string;
  readonly requestId?: string;
  /** Tries made, the failed one included. */
  readonly attempts?: number;
  /** What the user can do about it. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The service refused a call, or a job could not be created. `code` is the name that Python users know. */
export class DeadlineServiceError extends ValidationError {
  readonly operation: string;
  readonly httpStatus?: number;
  readonly serviceCode?: string;
  readonly requestId?: string;
  readonly attempts: number;
  readonly hint?: string;

  constructor(message: string, failure: DeadlineFailure) {
    const { operation, attempts = 1, cause, ...rest } = failure;
    super('DeadlineOperationError', message, cause === undefined ? undefined : { cause });
    this.operation = operation;
    this.attempts = attempts;
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) Object.assign(this, { [name]: value });
    }
  }
}

/** A queue has no settings for job attachments, or no root prefix in them. `code` is the name of the Python class. */
export class AttachmentSettingsError extends ValidationError {
  constructor(
    code: 'MissingJobAttachmentSettingsError' | 'MissingS3RootPrefixError',
    message: string,
    readonly queueId: string,
  ) {
    super(code, message);
  }
}
