#!/usr/bin/env node
/** The executable `rx-attachments`: hands the process to `run.ts` and leaves with its exit code. */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { tendHeap } from './heap-growth.js';
import { run } from './run.js';

tendHeap();

const crash = new Promise<never>((_resolve, reject) => {
  process.on('uncaughtException', reject);
  process.on('unhandledRejection', reject);
});
crash.catch(() => {});

/**
 * An exit waits for threads, which may be in a call that never returns; an unhandled signal does not. Comes back where
 * there is no such thing: on Windows, and in the first process of a container.
 */
function dieBy(signal: NodeJS.Signals): void {
  if (process.platform === 'win32') return;
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

// The streams are drained by now; what is still open then must not keep the caller waiting.
process.exit(
  await run({
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    // Making the stream takes milliseconds, and few commands ask anything.
    ...(isatty(0) && { stdin: () => process.stdin }),
    stdout: process.stdout,
    stderr: process.stderr,
    signals: process,
    exitNow: (signal, code, lastWords) => {
      try {
        if (lastWords !== '') writeSync(process.stderr.fd, lastWords); // the stream may take its time
      } finally {
        dieBy(signal);
        process.exit(code);
      }
    },
    crash,
  }),
);
