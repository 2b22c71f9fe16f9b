/**
 * From an error to what the user sees: one line, an exit code, and the members of the JSON
 * document (spec/storage.md 6, spec/worker-and-cli.md 4.2). Looks at errors by their shape,
 * so that nothing heavy is loaded to say that a flag is wrong.
 */
import { escapeControls } from './output/escape.js';
import { redact, redactForeign } from './output/redact.js';

/** The command line, a variable or a configuration file cannot be used. Exit code 2. */
export class UsageError extends Error {
  readonly code = 'InvalidConfig';

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
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

/** Statistics that a cancelled or failed run left behind, if any. */
export function partialStatsOf(error: unknown): unknown {
  return member(error, 'partialStats');
}

/** One line: what failed, on what, status and code, then the hint. */
export function errorLine(error: unknown): string {
  const hint = member(error, 'hint');
  const message = `${messageOf(error)}${statusText(error)}`;
  const line = typeof hint === 'string' && !message.includes(hint) ? `${sentence(message)} ${hint}` : message;
  return escapeControls(redact(line));
}

const DETAILS = [
  'kind',
  'option',
  'operation',
  'httpStatus',
  's3Code',
  'requestId',
  'bucket',
  'key',
  'path',
  'index',
  'errno',
  'attempts',
  'retryable',
  'hint',
];

/** The same error for machines. No member holds a credential. */
export function errorDocument(error: unknown): ErrorDocument {
  const details: Record<string, unknown> = {};
  for (const name of DETAILS) {
    const value = member(error, name);
    if (value !== undefined) details[name] = typeof value === 'string' ? redact(value) : value;
  }
  const errors = failedItems(error);
  if (errors.length > 0) details['errors'] = errors.map(errorDocument);
  return { code: codeOf(error), message: redact(messageOf(error)), details };
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
    lines.push(each === error ? redact(text) : redactForeign(text));
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
  return typeof message === 'string' ? message : String(error);
}

function codeOf(error: unknown): string {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : 'InternalError';
}

function member(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;
}
