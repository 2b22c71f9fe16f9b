/** The error of a job bundle that cannot be submitted (spec/files-and-submission.md 7.3 and 7.4). */
import { ValidationError } from './errors.js';

/** What a {@link BundleError} is about. */
export interface BundleErrorSubject {
  /** File of the bundle, without its extension: `template`, `parameter_values`, `asset_references`. */
  readonly file?: string;
  /** Where in the file: a member, or the name of a parameter. */
  readonly field?: string;
  readonly cause?: unknown;
}

/** A job bundle, or a value given for it, is wrong. `code` is `DeadlineOperationError`, as Python users know it. */
export class BundleError extends ValidationError {
  readonly file?: string;
  readonly field?: string;

  constructor(message: string, subject: BundleErrorSubject = {}) {
    const { file, field, cause } = subject;
    super('DeadlineOperationError', message, cause === undefined ? undefined : { cause });
    if (file !== undefined) this.file = file;
    if (field !== undefined) this.field = field;
  }
}
