/** The log of a run: lines of at least a level. How they look is the format's business. */
import type { Logger, LogLevel } from '../../index.js';
import type { MessageFormat } from './message-format.js';

const RANK: Readonly<Record<LogLevel, number>> = { error: 0, warning: 1, info: 2, debug: 3 };

/** A {@link Logger} that passes lines of at least the level to `write`. */
export function createLog(least: LogLevel, format: MessageFormat, write: (line: string) => void): Logger {
  return (level, message, fields) => {
    if (RANK[level] <= RANK[least]) write(format.log(level, message, fields));
  };
}
