#!/usr/bin/env node
/** The executable `rx-attachments`: hands the process to `run.ts` and leaves with its exit code. */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { run } from './run.js';

// What waits for a batch's answer outlives two young collections, so the old generation fills with
// entries that are done with, and left to itself it grows fourfold before it is looked at. With this
// the resubmit of 200,000 files peaks near 235 MB, and a first submit of them near 280.
setFlagsFromString('--heap-growing-percent=40');

const crash = new Promise<never>((_resolve, reject) => {
  process.on('uncaughtException', reject);
  process.on('unhandledRejection', reject);
});
crash.catch(() => {});

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
    exitNow: (code, lastWords) => {
      try {
        if (lastWords !== '') writeSync(process.stderr.fd, lastWords); // the stream may take its time
      } finally {
        process.exit(code);
      }
    },
    crash,
  }),
);
