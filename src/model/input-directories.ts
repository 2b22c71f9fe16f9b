/**
 * What becomes of a submission's input directories before its paths are grouped
 * (spec/files-and-submission.md 6.3). Directories are walked elsewhere; this decides by what
 * the walk found.
 */
import { MisconfiguredInputsError } from './submission-errors.js';

/** What a walk found: files after the filter, none at any depth, or no directory at all. */
export type InputDirectoryState = 'files' | 'empty' | 'missing';

export interface InputDirectoriesOptions {
  /** Default {@link INPUT_DIRECTORIES_DEFAULTS}. */
  readonly requirePathsExist?: boolean;
  readonly onWarning?: (message: string) => void;
}
export const INPUT_DIRECTORIES_DEFAULTS = {
  requirePathsExist: false,
} as const satisfies InputDirectoriesOptions;

/** Takes the input directories one by one, and gives those that are only referenced. */
export class InputDirectories {
  readonly #references: string[] = [];
  readonly #missing: string[] = [];

  constructor(readonly options: InputDirectoriesOptions = {}) {}

  add(directory: string, state: InputDirectoryState): void {
    const { requirePathsExist = INPUT_DIRECTORIES_DEFAULTS.requirePathsExist, onWarning } = this.options;
    if (state === 'files') return;
    if (state === 'missing' && requirePathsExist) {
      this.#missing.push(directory);
      return;
    }
    if (state === 'missing') {
      onWarning?.(`Input path '${directory}' does not exist. Adding to referenced paths.`);
    }
    this.#references.push(directory);
  }

  /** The directories that become references. Throws {@link MisconfiguredInputsError} naming every missing one. */
  finish(): readonly string[] {
    if (this.#missing.length > 0) throw MisconfiguredInputsError.ofDirectories(this.#missing);
    return [...this.#references];
  }
}
