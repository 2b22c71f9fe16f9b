/**
 * How everything on standard error is written: as text for people, or with `--log-format json` as one JSON object per line
 * (spec/worker-and-cli.md 2). In text each line of the log begins with its level, so that no file name can stand at the
 * start of a line (1.13). Knows no command.
 */
import { type LogLevel, redactAddresses } from '../../index.js';
import { errorLine, errorMembers, errorText, errorTrace, failedItems, isSubmissionError } from '../errors.js';
import { escapeControls } from './escape.js';

export type LogFormat = 'text' | 'json';

type Fields = Readonly<Record<string, unknown>>;

/** Every answer is one or several whole lines. */
export interface MessageFormat {
  /** A line of the log. */
  log(level: LogLevel, message: string, fields?: Fields): string;
  /** Text outside of the log, such as a summary, a question or progress. */
  said(text: string, level?: LogLevel): string;
  /** The error that a run ended with, and the first failures of single files; for debugging with its stack. */
  failed(error: unknown, debug?: boolean): string;
  /** As {@link failed}, of a run that was cancelled, in words of its own. */
  cancelled(message: string, error: unknown, debug?: boolean): string;
}

/** Failures of single files that are shown; the JSON document has them all. */
const SHOWN_FAILURES = 20;
const NOT_SUBMITTED = 'Job submission canceled.';

const TEXT: MessageFormat = {
  log: (level, message) => `${level.toUpperCase()}: ${escapeControls(redactAddresses(message))}\n`,
  said: (text) => text,
  failed: (error, debug) =>
    lines([
      `Error: ${errorText(error)}`,
      ...(isSubmissionError(error) ? [NOT_SUBMITTED] : []),
      ...shownFailures(error).map((each) => `  ${errorLine(each)}`),
      ...traceOf(error, debug),
    ]),
  cancelled: (message, error, debug) => lines([message, ...traceOf(error, debug)]),
};

const JSON_LINES: MessageFormat = {
  log: jsonLine,
  said: (text, level = 'info') =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => jsonLine(level, line))
      .join(''),
  failed: (error, debug) =>
    [
      errorObject(error, debug),
      ...(isSubmissionError(error) ? [jsonLine('error', NOT_SUBMITTED)] : []),
      ...shownFailures(error).map((each) => errorObject(each)),
    ].join(''),
  cancelled: (message, error, debug) => errorObject(error, debug, { message, code: 'Cancelled' }),
};

export function messageFormat(format: LogFormat): MessageFormat {
  return format === 'json' ? JSON_LINES : TEXT;
}

function shownFailures(error: unknown): readonly unknown[] {
  return failedItems(error).slice(0, SHOWN_FAILURES);
}

function traceOf(error: unknown, debug = false): string[] {
  return debug ? [errorTrace(error)] : [];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function errorObject(error: unknown, debug?: boolean, instead: Fields = {}): string {
  const [stack] = traceOf(error, debug);
  const { message, ...members } = { ...errorMembers(error), ...instead, stack };
  return jsonLine('error', String(message), members);
}

/** One JSON object; level, time and message are ours, whatever the fields are called. */
function jsonLine(level: LogLevel, message: string, fields: Fields = {}): string {
  const own = { level, time: new Date().toISOString(), message };
  return `${redactAddresses(JSON.stringify({ ...own, ...fields, ...own }, plain))}\n`;
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}
