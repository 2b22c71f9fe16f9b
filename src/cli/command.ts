/** What a command is to the command line: how it is declared, what it is given, what it hands back. */
import type { Command } from 'commander';
import type { Logger, S3StoreOptions, SummaryStatistics, TransferProgress } from '../index.js';
import type { ErrorDocument } from './errors.js';
import type { Settings } from './options/settings.js';

/** Flags of one command as the parser read them, by camelCase name; those of {@link Settings} are not among them. */
export type CommandFlags = Readonly<Record<string, unknown>>;

export interface CommandContext {
  readonly settings: Settings;
  /** Aborts on a signal, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Shows a progress report, with a verb of the command's own where that of the operation does not fit. */
  readonly report: (progress: TransferProgress, verb?: string) => void;
  /** Shows text that ends with a line break at once, unless `--quiet`. */
  readonly notice: (text: string) => void;
  /** Shows the text and asks the question; absent where there is no terminal to ask on. */
  readonly ask?: (text: string, question: string, defaultAnswer: boolean) => Promise<boolean>;
  /** Told of uploads that somebody has to abort if the process ends before they do. */
  readonly onUpload?: NonNullable<S3StoreOptions['onUpload']>;
  /** Directory that relative paths mean. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether text results may be coloured. */
  readonly colour: boolean;
}

export interface CommandOutcome {
  /** Text for stdout without `--json`; ends with a line break unless empty. */
  readonly text: string;
  /** Lines for stderr without `--json` and `--quiet`. */
  readonly notes?: readonly string[];
  /** `result` and `stats` of the JSON envelope. */
  readonly result: unknown;
  readonly stats?: unknown;
  /** The JSON document of the client library's command, where it has one (spec/worker-and-cli.md 4.1). */
  readonly document?: unknown;
  readonly documentIndent?: number;
  /** Default: done. */
  readonly exitCode?: number;
  /** What was found wrong, although the command itself did its work. */
  readonly error?: ErrorDocument;
}

/** A file of `commands/`. */
export interface CommandModule {
  /** Adds arguments and flags. */
  define(command: Command): void;
  /** `stats` of a run that failed or was cancelled, where success has other ones than those of one run. */
  partialStats?(stats: SummaryStatistics): unknown;
  run(context: CommandContext, args: readonly string[], flags: CommandFlags): Promise<CommandOutcome>;
}
