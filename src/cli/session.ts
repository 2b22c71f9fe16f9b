/** What surrounds a running command: its context, its progress view, and what to say when it was cancelled. */
import { sizeText, type TransferProgress } from '../index.js';
import type { CommandContext } from './command.js';
import { partialStatsOf } from './errors.js';
import type { Settings } from './options/settings.js';
import { ask } from './output/ask.js';
import { createLog } from './output/log.js';
import { type MessageFormat, messageFormat } from './output/message-format.js';
import { createProgress } from './output/progress.js';
import { type ProgressView, SILENT } from './output/progress-view.js';
import { isStatistics } from './output/stats.js';
import type { TextStream } from './output/text-stream.js';

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin?: () => NodeJS.ReadableStream;
}

export class Session {
  readonly json: 'false' | 'true' | 'envelope';
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly format: MessageFormat;
  readonly #settings: Settings;
  readonly #io: Surroundings;
  readonly #signal: AbortSignal;
  readonly #stdout: TextStream;
  readonly #stderr: TextStream;
  #view: ProgressView = SILENT;
  #last: TransferProgress | undefined;

  /** Throws `UsageError` when a setting that concerns every command is bad. */
  constructor(
    settings: Settings,
    io: Surroundings,
    signal: AbortSignal,
    stdout: TextStream,
    stderr: TextStream,
  ) {
    this.#settings = settings;
    this.#io = io;
    this.#signal = signal;
    this.#stdout = stdout;
    this.#stderr = stderr;
    this.json = settings.value('json');
    this.quiet = settings.value('quiet');
    this.debug = settings.value('logLevel') === 'debug';
    this.format = messageFormat(settings.value('logFormat'));
  }

  async open(): Promise<CommandContext> {
    const settings = this.#settings;
    const mode = settings.value('progress');
    const logFormat = settings.value('logFormat');
    const wish = { mode, json: this.json !== 'false', quiet: this.quiet, logFormat, env: this.#io.env };
    const context = { settings, signal: this.#signal, cwd: this.#io.cwd, env: this.#io.env };
    const level = this.quiet ? 'error' : settings.value('logLevel');
    const log = createLog(level, this.format, (line) => {
      this.#view.clear();
      this.#stderr.write(line);
    });
    this.#view = await createProgress(wish, this.#stderr);
    const { stdin } = this.#io;
    return {
      ...context,
      log,
      report: (progress, verb) => this.#report(progress, verb),
      notice: (text) => this.#notice(text),
      ...(stdin && { ask: (text, question, answer) => this.#ask(stdin(), text, question, answer) }),
      colour: this.#colour(),
    };
  }

  /** Ends the progress view, so that text can follow. */
  finish(): void {
    this.#view.finish();
    this.#view = SILENT;
  }

  /** The line of spec/worker-and-cli.md 2, from the statistics of the error or else from the last report. */
  cancelledText(error: unknown): string {
    const { files, allFiles, bytes, allBytes } = this.#done(partialStatsOf(error));
    return `Cancelled. Processed ${files} of ${allFiles} files, ${sizeText(bytes)} of ${sizeText(allBytes)}.`;
  }

  #done(stats: unknown): { files: number; allFiles: number; bytes: number; allBytes: number } {
    if (isStatistics(stats)) {
      return {
        files: stats.processedFiles + stats.skippedFiles,
        allFiles: stats.totalFiles,
        bytes: stats.processedBytes + stats.skippedBytes,
        allBytes: stats.totalBytes,
      };
    }
    return {
      files: this.#last?.overallCompleted ?? 0,
      allFiles: this.#last?.overallTotal ?? 0,
      bytes: this.#last?.overallBytes ?? 0,
      allBytes: this.#last?.overallTotalBytes ?? 0,
    };
  }

  #report(progress: TransferProgress, verb: string | undefined): void {
    this.#last = progress;
    this.#view.update(progress, verb);
  }

  #notice(text: string): void {
    if (this.quiet) return;
    this.#view.clear();
    this.#stderr.write(this.format.said(text));
  }

  #ask(
    input: NodeJS.ReadableStream,
    text: string,
    question: string,
    defaultAnswer: boolean,
  ): Promise<boolean> {
    this.#view.clear();
    const write = (said: string): void => this.#stderr.write(this.format.said(said));
    write(text);
    return ask(question, defaultAnswer, { input, write, signal: this.#signal });
  }

  #colour(): boolean {
    const when = this.#settings.value('color');
    const { env } = this.#io;
    return (
      when === 'always' ||
      (when === 'auto' && this.#stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb')
    );
  }
}
