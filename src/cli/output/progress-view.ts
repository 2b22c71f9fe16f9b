/** The port between a run's progress reports and how they are shown. */
import type { TransferProgress } from '../../index.js';

export interface ProgressView {
  /** `verb`: what is going on. Default: the report's operation. */
  update(progress: TransferProgress, verb?: string): void;
  /** Makes room for a line of text that is about to be written. */
  clear(): void;
  /** Nothing more comes. */
  finish(): void;
}

/** Shows nothing. */
export const SILENT: ProgressView = { update: () => {}, clear: () => {}, finish: () => {} };
