/**
 * Errors of a submission that name everything that is wrong at once, in the words of the
 * Python library (spec/files-and-submission.md 6.2 and 6.3).
 */
import { ValidationError } from './errors.js';
import { compareCodePoints } from './order.js';

/** What the inputs of a submission suffer from; every list may be empty. */
export interface MisconfiguredInputs {
  /** Input files that do not exist. */
  readonly missing?: Iterable<string>;
  /** Input files that are directories. */
  readonly directories?: Iterable<string>;
  /** Input files that are sockets, FIFOs or devices. */
  readonly notRegular?: Iterable<string>;
  /** Input directories that are none. */
  readonly missingDirectories?: Iterable<string>;
}

const FILES_HEAD =
  'Job submission contains missing input files or directories specified as files. All inputs must exist and be classified properly.';
const DIRECTORIES_HEAD =
  'Job submission contains misconfigured input directories and cannot be submitted. All input directories must exist.';

/** The inputs are not what the submission says they are. `code` is the name of this class; lists are sorted. */
export class MisconfiguredInputsError extends ValidationError {
  /** The message line by line: titles, and paths after a tab. A path may hold line breaks. */
  readonly lines: readonly string[];
  readonly missing: readonly string[];
  readonly directories: readonly string[];
  readonly notRegular: readonly string[];
  readonly missingDirectories: readonly string[];

  private constructor(head: string, sections: readonly string[], inputs: MisconfiguredInputs) {
    super('MisconfiguredInputsError', [head, ...sections].join('\n'));
    this.lines = [head, ...sections];
    this.missing = sorted(inputs.missing);
    this.directories = sorted(inputs.directories);
    this.notRegular = sorted(inputs.notRegular);
    this.missingDirectories = sorted(inputs.missingDirectories);
  }

  static ofFiles(inputs: Omit<MisconfiguredInputs, 'missingDirectories'>): MisconfiguredInputsError {
    const sections = [
      ...section('Missing input files:', inputs.missing),
      ...section('Directories classified as files:', inputs.directories),
      ...section('Not regular files:', inputs.notRegular),
    ];
    return new MisconfiguredInputsError(FILES_HEAD, sections, inputs);
  }

  static ofDirectories(missingDirectories: Iterable<string>): MisconfiguredInputsError {
    const sections = section('Non-existent directories:', missingDirectories);
    return new MisconfiguredInputsError(DIRECTORIES_HEAD, sections, { missingDirectories });
  }
}

function section(title: string, paths: Iterable<string> | undefined): string[] {
  const lines = sorted(paths).map((path) => `\t${path}`);
  return lines.length === 0 ? [] : [title, ...lines];
}

function sorted(paths: Iterable<string> = []): string[] {
  return [...new Set(paths)].sort(compareCodePoints);
}
