/**
 * From an error to what the user sees: one line, an exit code, and the members of the JSON
 * document (spec/storage.md 6, spec/worker-and-cli.md 4.2). Looks at errors by their shape,
 * so that nothing heavy is loaded to say that a flag is wrong.
 */
import { redactAddresses, redactForeign, redactStack } from '../index.js';
import { withFlagNames } from './flag-names.js';
import { escapeControls } from './output/escape.js';

/** The command line, a variable or a configuration file cannot be used. Exit code 2. */
export class UsageError extends Error {
  readonly code = 'InvalidConfig';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
  }
}

/** The user, or a setting of theirs, did not agree. Nothing was sent; exit code 1. */
export class RefusedError extends Error {
  readonly code = 'Cancelled';

  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** `manifest diff --exit-code` found differences, `manifest verify` found missing objects. */
  different: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** `error` of the JSON document. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

const USAGE_CODES = new Set(['InvalidConfig', 'InvalidGlobPattern']);

/** Exit code of a run that ended with `error` and without a signal. */
export function exitCodeOf(error: unknown): number {
  return USAGE_CODES.has(codeOf(error)) ? EXIT.usage : EXIT.failed;
}

/** Whether the run ended because it was cancelled. */
export function isCancelled(error: unknown): boolean {
  return codeOf(error) === 'Cancelled' || (error instanceof Error && error.name === 'AbortError');
}

/** Whether the end of a cancelled run needs its own words: a refusal, or a job that goes on without us. */
export function tellsItself(error: unknown): boolean {
  return error instanceof RefusedError || member(error, 'jobId') !== undefined;
}

/** Statistics that a cancelled or failed run left behind, if any. */
export function partialStatsOf(error: unknown): unknown {
  return member(error, 'partialStats');
}

/** One line: what failed, on what, status and code, then the hint. */
export function errorLine(error: unknown): string {
  const hint = hintOf(error);
  const message = `${messageOf(error)}${statusText(error)}`;
  const line = hint !== undefined && !message.includes(hint) ? `${sentence(message)} ${hint}` : message;
  return plain(line);
}

/** Errors of submissions, whose messages have lines: lists of paths, and documents that they name. */
const SEVERAL_LINES = new Set(['MisconfiguredInputsError', 'DeadlineOperationError']);

/**
 * As {@link errorLine}; a message of several lines keeps them. Lines after the first are indented, but for the
 * titles of lists, so that no file name can stand at the start of one.
 */
export function errorText(error: unknown): string {
  const lines = member(error, 'lines');
  if (Array.isArray(lines)) return lines.map((line) => listLine(String(line))).join('\n');
  const message = messageOf(error);
  if (!SEVERAL_LINES.has(codeOf(error)) || !message.includes('\n')) return errorLine(error);
  return message.split('\n').map(plain).join('\n    ');
}

/** A title as it is, or a path after a tab. */
function listLine(line: string): string {
  return line.startsWith('\t') ? `\t${plain(line.slice(1))}` : plain(line);
}

function plain(line: string): string {
  return escapeControls(redactAddresses(line));
}

/** Whether the inputs of a submission are not what it says they are. */
export function isSubmissionError(error: unknown): boolean {
  return codeOf(error) === 'MisconfiguredInputsError';
}

const DETAILS = [
  'kind',
  'option',
  'operation',
  'httpStatus',
  's3Code',
  'serviceCode',
  'requestId',
  'bucket',
  'key',
  'path',
  'index',
  'errno',
  'attempts',
  'retryable',
  'hint',
  'file',
  'field',
  'missing',
  'directories',
  'notRegular',
  'missingDirectories',
  'jobId',
];

/** The same error for machines. No member holds a credential. */
export function errorDocument(error: unknown): ErrorDocument {
  const details: Record<string, unknown> = {};
  for (const name of DETAILS) {
    const value = name === 'hint' ? hintOf(error) : member(error, name);
    if (value !== undefined) details[name] = typeof value === 'string' ? redactAddresses(value) : value;
  }
  const errors = failedItems(error);
  if (errors.length > 0) details['errors'] = errors.map(errorDocument);
  return { code: codeOf(error), message: redactAddresses(messageOf(error)), details };
}

/** The same error as members of one line of a JSON log. `subject` is what failed, in one text. */
export function errorMembers(
  error: unknown,
): { readonly message: string } & Readonly<Record<string, unknown>> {
  const { code, details } = errorDocument(error);
  const message = redactAddresses(`${messageOf(error)}${statusText(error)}`);
  const cause = member(error, 'cause');
  return {
    message,
    code,
    subject: subjectOf(details),
    hint: details['hint'],
    // Not ours: what the SDK, a credential program or a server said.
    cause: cause === undefined ? undefined : redactForeign(messageOf(cause)),
  };
}

/** Members of {@link DETAILS} that name a thing, the most telling one first. */
const SUBJECTS = ['path', 'file', 'option', 'field', 'jobId', 'bucket'];

function subjectOf(details: ErrorDocument['details']): unknown {
  const { bucket, key } = details;
  if (bucket !== undefined && key !== undefined) return `${bucket}/${key}`;
  return details[SUBJECTS.find((name) => details[name] !== undefined) ?? ''];
}

/** The failures that a run collected, in the order in which they happened. */
export function failedItems(error: unknown): readonly unknown[] {
  const errors = member(error, 'errors');
  return Array.isArray(errors) ? errors : [];
}

/** Stack and causes, for `--log-level debug`. */
export function errorTrace(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each instanceof Error && lines.length < 10; each = each.cause) {
    const text = each.stack ?? each.message;
    // Ours are made to be shown; their causes are what the SDK, a credential program or a server said.
    lines.push(each === error ? redactAddresses(text) : redactStack(text));
  }
  return lines.join('\ncaused by: ');
}

function statusText(error: unknown): string {
  const parts = [member(error, 'httpStatus'), member(error, 's3Code')].filter((part) => part !== undefined);
  const message = messageOf(error);
  const missing = parts.map(String).filter((part) => !message.includes(part));
  return missing.length > 0 ? ` (${missing.join(' ')})` : '';
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function messageOf(error: unknown): string {
  const message = member(error, 'message') || member(error, 'name');
  return typeof message === 'string' ? withFlagNames(message, member(error, 'option')) : String(error);
}

function hintOf(error: unknown): string | undefined {
  const hint = member(error, 'hint');
  return typeof hint === 'string' ? withFlagNames(hint) : undefined;
}

function codeOf(error: unknown): string {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : 'InternalError';
}

function member(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}
