/** The SDK's logger: its warnings become lines of our log; its other lines may hold what no log should. */
import type { Logger } from '../../pipeline/types.js';
import { redact } from './redact.js';

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error';

export function sdkLogger(log: Logger): Record<Level, (line: unknown) => void> {
  const silent = (): void => {};
  const warn = (line: unknown): void => log('warning', redact(String(line)), { from: 'aws-sdk' });
  return { trace: silent, debug: silent, info: silent, warn, error: silent };
}
