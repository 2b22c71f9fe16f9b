import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { skipLine } from './skip-notes.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('the line at the end of a run', () => {
  it('is there only when something was skipped', () => {
    expect(skipLine('')).toBeUndefined();
    expect(skipLine('versitygw\npython\nversitygw\n')).toContain(
      'versitygw (asked for 2 times), python (asked for 1 times)',
    );
  });
});

/** Runs a test file that needs versitygw where none is: no program on the PATH, an empty cache. */
function runWithout(env: Record<string, string>): { status: number | null; output: string } {
  const cache = mkdtempSync(join(tmpdir(), 'rx-attachments-no-peers-'));
  try {
    const args = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', 'test/support/versitygw.test.ts'];
    const { REQUIRE_REAL_SERVERS: _, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      env: {
        ...inherited,
        XDG_CACHE_HOME: cache,
        PATH: '/usr/bin:/bin',
        RX_ATTACHMENTS_TEST_SKIP_BUILD: '1',
        ...env,
      },
    });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

describe('tests whose server is missing', () => {
  it('are skipped with a loud line at the very end', () => {
    const { status, output } = runWithout({});
    expect(status).toBe(0);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^!!! SKIPPED TESTS, .*versitygw/);
  });

  it('fail with REQUIRE_REAL_SERVERS=1', () => {
    const { status, output } = runWithout({ REQUIRE_REAL_SERVERS: '1' });
    expect(status).toBe(1);
    expect(output).toContain('REQUIRE_REAL_SERVERS=1, but missing: versitygw (1.8.0)');
  });
});
