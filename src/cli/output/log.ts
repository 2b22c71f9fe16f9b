/**
 * Log lines on standard error, each with its level in front so that no file name can stand
 * at the start of a line (spec/worker-and-cli.md 1.13 and 2). Knows no command.
 */
import { type Logger, type LogLevel, redactAddresses } from '../../index.js';
import { escapeControls } from './escape.js';

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warning: 1, info: 2, debug: 3 };

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
}

/** A {@link Logger} that passes lines of at least the level to `write`. */
export function createLog(options: LogOptions, write: (line: string) => void): Logger {
  const render = options.format === 'json' ? jsonLine : textLine;
  return (level, message, fields) => {
    if (RANK[level] <= RANK[options.level])
      write(`${render(level, redactAddresses(message), fields ?? {})}\n`);
  };
}

function textLine(level: LogLevel, message: string): string {
  return `${level.toUpperCase()}: ${escapeControls(message)}`;
}

function jsonLine(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): string {
  return redactAddresses(JSON.stringify({ ...fields, level, message }, plain));
}

function plain(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? value.message : value;
}
