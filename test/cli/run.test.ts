import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it, vi } from 'vitest';
import type { CliStream } from '../../src/cli/output/text-stream.js';
import { type CliIo, run } from '../../src/cli/run.js';

/** A stream that remembers; with `error` every write fails with it, as to a reader that has gone. */
class Capture extends Writable implements CliStream {
  text = '';

  constructor(
    readonly isTTY = false,
    readonly error?: Error,
  ) {
    super();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += this.error ? '' : chunk.toString();
    done(this.error);
  }
}

function io(argv: readonly string[], more: Partial<CliIo> = {}): CliIo & { readonly signals: EventEmitter } {
  const stdout = new Capture();
  const stderr = new Capture();
  const signals = new EventEmitter();
  const exitNow = vi.fn();
  const env = { DEADLINE_CONFIG_FILE_PATH: '/there/is/none' };
  return { argv, env, cwd: process.cwd(), stdout, stderr, exitNow, ...more, signals };
}

it('resolves with the exit code and leaves no listener on the signals', async () => {
  const given = io(['config', 'show', '--json']);
  expect(await run(given)).toBe(0);
  expect(JSON.parse((given.stdout as Capture).text).status).toBe('ok');
  expect((given.stderr as Capture).text).toBe('');
  expect(given.signals.eventNames()).toEqual([]);
});

it('turns a failure that no call could report into one line and one document', async () => {
  const crash = Promise.reject<never>(new Error('a bug\nwith lines'));
  crash.catch(() => {});
  const given = io(['config', 'show', '--json'], { crash });
  expect(await run(given)).toBe(1);
  expect((given.stderr as Capture).text).toBe('Error: a bug\\nwith lines\n');
  expect(JSON.parse((given.stdout as Capture).text)).toMatchObject({
    status: 'failed',
    error: { code: 'InternalError' },
  });
});

it('ends quietly with 1 when the output has been closed', async () => {
  const stdout = new Capture(false, Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  const given = io(['config', 'show'], { stdout });
  expect(await run(given)).toBe(1);
  expect((given.stderr as Capture).text).toBe('');
});

it('reads variables from the environment that it is given', async () => {
  const given = io(['config', 'show'], {
    env: { RX_ATTACHMENTS_JSON: 'envelope', RX_ATTACHMENTS_QUEUE_ID: 'q' },
  });
  expect(await run(given)).toBe(0);
  const { settings } = JSON.parse((given.stdout as Capture).text).result;
  expect(settings).toContainEqual({
    name: 'queue-id',
    value: 'q',
    origin: 'variable RX_ATTACHMENTS_QUEUE_ID',
  });
});

it.each(['true', '1', 'ON', 'yes', 'envelope'])(
  'gives one JSON document for a usage error when only a variable asks for JSON: %s',
  async (json) => {
    const given = io(['nonsense'], { env: { RX_ATTACHMENTS_JSON: json } });
    expect(await run(given)).toBe(2);
    expect(JSON.parse((given.stdout as Capture).text)).toMatchObject({ status: 'failed' });
  },
);

it.each([
  ['append', 'before\n'],
  ['REPLACE', ''],
])('writes everything to a file with --redirect-output and %s', async (mode, kept) => {
  const directory = mkdtempSync(join(tmpdir(), 'cli-run-'));
  const file = join(directory, 'out.txt');
  writeFileSync(file, 'before\n');
  const flags = ['--redirect-output', 'out.txt', '--redirect-mode', mode];
  const given = io(['manifest', 'show', 'nowhere', ...flags], { cwd: directory });
  expect(await run(given)).toBe(1);
  expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${kept}Error: [^\\n]*nowhere[^\\n]*\\n$`));
  expect((given.stdout as Capture).text + (given.stderr as Capture).text).toBe('');
  rmSync(directory, { recursive: true });
});

it('says on the streams that there are when the file of --redirect-output cannot be written', async () => {
  const given = io(['config', 'show', '--redirect-output', '/there/is/none']);
  expect(await run(given)).toBe(2);
  expect((given.stderr as Capture).text).toMatch(
    /^Error: --redirect-output \/there\/is\/none cannot be written: /,
  );
});
