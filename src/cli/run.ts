/**
 * One run of the command line, from arguments to exit code. Everything it touches of the
 * process is handed in, so that it can run in a test as well as behind `main.ts`.
 */
import { resolve } from 'node:path';
import type { CommandModule, CommandOutcome } from './command.js';
import {
  EXIT,
  errorDocument,
  errorLine,
  exitCodeOf,
  isCancelled,
  partialStatsOf,
  tellsItself,
} from './errors.js';
import { asksForJson, valueInArgv } from './options/argv.js';
import { jsonForm } from './options/parse-value.js';
import type { Settings } from './options/settings.js';
import { envelopeDocument, outcomeDocument } from './output/json-document.js';
import { LeftBehind } from './output/left-behind.js';
import { type MessageFormat, messageFormat } from './output/message-format.js';
import { isStatistics, statsDocument } from './output/stats.js';
import { type CliStream, TextStream } from './output/text-stream.js';
import { parseCommandLine } from './parse.js';
import { Session } from './session.js';
import { type ExitNow, SignalGate, type SignalSource } from './signals.js';

export interface CliIo {
  /** Arguments without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Opens the terminal that answers come from, once something is asked. Default: there is nobody to ask. */
  readonly stdin?: () => NodeJS.ReadableStream;
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  readonly signals: SignalSource;
  readonly exitNow: ExitNow;
  /** Rejects when something failed that no call could report. */
  readonly crash?: Promise<never>;
}

/** Runs the command line; resolves with the exit code after both streams have been drained. */
export async function run(io: CliIo): Promise<number> {
  const gate = new SignalGate(io.signals, io.exitNow);
  const stdout = new TextStream(io.stdout, () => gate.abort());
  const stderr = new TextStream(io.stderr);
  try {
    const performed = new Run(io, gate, stdout, stderr);
    const code = await performed.perform();
    await Promise.all([performed.stdout.drained(), performed.stderr.drained()]);
    const { closed, failure } = performed.stdout;
    if (failure) {
      const message = `the output could not be written: ${failure.message}`;
      stderr.write(performed.format.failed({ code: 'LocalIo', message, cause: failure }));
    }
    await stderr.drained();
    return closed ? EXIT.failed : code;
  } finally {
    gate.close();
  }
}

class Run {
  readonly #left = new LeftBehind();
  #session: Session | undefined;
  #module: CommandModule | undefined;

  constructor(
    readonly io: CliIo,
    readonly gate: SignalGate,
    public stdout: TextStream,
    public stderr: TextStream,
  ) {}

  /** How standard error is written; also known when the command line could not be read. */
  get format(): MessageFormat {
    if (this.#session) return this.#session.format;
    const asked = valueInArgv(this.io.argv, '--log-format') ?? this.io.env['RX_ATTACHMENTS_LOG_FORMAT'];
    return messageFormat(asked?.toLowerCase() === 'json' ? 'json' : 'text');
  }

  async perform(): Promise<number> {
    this.gate.onEnd(() => this.format.said(this.#left.text(), 'warning'));
    try {
      const outcome = await Promise.race([this.#command(), ...(this.io.crash ? [this.io.crash] : [])]);
      this.#session?.finish();
      return outcome ? this.#print(outcome) : EXIT.done;
    } catch (error) {
      this.#session?.finish();
      const code = this.#fail(error);
      this.stderr.write(this.gate.lastWords());
      return code;
    }
  }

  /** The outcome of the command; `undefined` when help or the version was all that was asked for. */
  async #command(): Promise<CommandOutcome | undefined> {
    const parsed = await parseCommandLine(this.io);
    if ('help' in parsed) {
      this.stdout.write(parsed.help);
      return undefined;
    }
    this.#module = parsed.module;
    await this.#redirect(parsed.settings);
    this.#session = new Session(parsed.settings, this.io, this.gate.signal, this.stdout, this.stderr);
    const context = { ...(await this.#session.open()), onUpload: this.#left.onUpload };
    return await parsed.module.run(context, parsed.args, parsed.flags);
  }

  /** What is printed from here on goes to the file of `--redirect-output`, both streams in their order. */
  async #redirect(settings: Settings): Promise<void> {
    const file = settings.value('redirectOutput');
    if (file === undefined) return;
    const path = resolve(this.io.cwd, file);
    const { openOutputFile } = await import('./output/output-file.js');
    const stream = await openOutputFile(path, settings.value('redirectMode'));
    this.stdout = new TextStream(stream, () => this.gate.abort());
    this.stderr = new TextStream(stream);
  }

  #print(outcome: CommandOutcome): number {
    const form = this.#session?.json ?? 'false';
    if (form === 'false') {
      this.stdout.write(outcome.text);
      const notes = this.#session?.quiet ? [] : (outcome.notes ?? []);
      this.stderr.write(this.format.said(notes.map((note) => `${note}\n`).join('')));
    } else {
      this.stdout.write(outcomeDocument(outcome, form === 'envelope'));
    }
    if (outcome.error) this.stderr.write(this.format.failed(outcome.error));
    return outcome.exitCode ?? EXIT.done;
  }

  #fail(error: unknown): number {
    // Nobody reads the results: there is nothing to say and nobody to say it to.
    if (this.stdout.closed) return EXIT.failed;
    if (isCancelled(error) || (this.gate.signal.aborted && this.gate.exitCode !== undefined)) {
      return this.#cancelled(error);
    }
    this.stderr.write(this.format.failed(error, this.#session?.debug));
    this.#document('failed', error);
    return exitCodeOf(error);
  }

  #cancelled(error: unknown): number {
    const told = tellsItself(error) ? errorLine(error) : this.#session?.cancelledText(error);
    this.stderr.write(this.format.cancelled(told ?? 'Cancelled.', error, this.#session?.debug));
    this.#document('cancelled', error);
    return this.gate.exitCode ?? EXIT.failed;
  }

  #document(status: 'failed' | 'cancelled', error: unknown): void {
    if (!this.#wantsJson()) return;
    const stats = this.#partialStats(partialStatsOf(error));
    this.stdout.write(envelopeDocument({ status, result: null, stats, error: errorDocument(error) }));
  }

  /** In the shape that they would have had in the end. */
  #partialStats(stats: unknown): unknown {
    if (!isStatistics(stats)) return null;
    return this.#module?.partialStats?.(stats) ?? statsDocument(stats);
  }

  /** Also answers when the command line could not be read, in which case there is no session. */
  #wantsJson(): boolean {
    if (this.#session) return this.#session.json !== 'false';
    return asksForJson(this.io.argv) || namesJson(this.io.env['RX_ATTACHMENTS_JSON'] ?? '');
  }
}

function namesJson(variable: string): boolean {
  try {
    return jsonForm(variable) !== 'false';
  } catch {
    return false;
  }
}
