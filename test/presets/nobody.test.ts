/**
 * The command line as a user without rights, who meets what root never does. Where the tests
 * do not run as root, they run as that user themselves.
 */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, result } from '../support/cli.js';
import { partFiles, read, writeTree } from '../support/contents.js';
import { NOBODY } from '../support/run-module.js';
import { tempDir } from '../support/temp-dir.js';

const base = tempDir('nobody');

/** A place that belongs to nobody, with a tree of files that nobody may read. */
function place() {
  const path = mkdtempSync(join(base, 'case-'));
  const own = (...names: string[]): void => {
    for (const name of names)
      chownSync(
        join(path, name),
        NOBODY.uid ?? process.getuid?.() ?? 0,
        NOBODY.gid ?? process.getgid?.() ?? 0,
      );
  };
  chmodSync(path, 0o755);
  writeTree(join(path, 'tree'), { 'a.txt': 'a', 'd/b.txt': 'bb', 'd/c.txt': 'ccc' });
  mkdirSync(join(path, 'home'));
  mkdirSync(join(path, 'store'));
  own('home', 'store', 'tree', 'tree/a.txt', 'tree/d', 'tree/d/b.txt', 'tree/d/c.txt');
  const run = (...args: string[]) => {
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: join(path, 'home'),
      RX_ATTACHMENTS_CACHE_DIR: join(path, 'home/cache'),
      DEADLINE_CONFIG_FILE_PATH: join(path, 'home/config'),
    };
    return result(spawn(process.execPath, [CLI, ...args], { cwd: path, env, ...NOBODY }));
  };
  const submitted = async (): Promise<string> => {
    const { stdout } = await run('submit', 'tree', '--store', 'store', '--quiet');
    const [{ inputManifestPath }] = JSON.parse(stdout).manifests;
    return join(path, 'store/Manifests', inputManifestPath);
  };
  return { path, own, run, submitted };
}

const download = (manifest: string, destination: string): string[] => [
  ...[
    'attachment',
    'download',
    '-m',
    manifest,
    '--store',
    'store',
    '--destination',
    destination,
    '--json=envelope',
  ],
];

describe('a source that may not be read', () => {
  it('a file: the submission ends and names it', async () => {
    const { path, run } = place();
    chmodSync(join(path, 'tree/d/b.txt'), 0);
    const { code, stderr, stdout } = await run('submit', 'tree', '--store', 'store', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'FileUnreadable' } });
    expect(stderr).toMatch(/d\/b\.txt/);
    expect(readdirSync(join(path, 'store'))).not.toContain('Manifests');
  });

  it('a directory: it is left out, with a warning', async () => {
    const { path, run } = place();
    chmodSync(join(path, 'tree/d'), 0);
    const { code, stderr, stdout } = await run('submit', 'tree', '--store', 'store', '--json');
    chmodSync(join(path, 'tree/d'), 0o755);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/"d" is left out: it cannot be read/),
    });
    expect(JSON.parse(stdout).stats.upload).toMatchObject({ total_files: 1 });
  });
});

it.each(['target', 'target/below'])('a target that may not be written to: %s', async (destination) => {
  const { path, run, submitted } = place();
  const manifest = await submitted();
  mkdirSync(join(path, 'target'), { mode: 0o755 });
  chmodSync(join(path, 'target'), 0o555);
  const { code, stderr, stdout } = await run(...download(manifest, destination));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'LocalIo', details: { errno: 'EACCES' } } });
  expect(stderr).toMatch(/target.*not writable/s);
  expect(readdirSync(join(path, 'target'))).toEqual([]);
});

it('a directory in the target that may not be written to: the rest is undone or whole', async () => {
  const { path, own, run, submitted } = place();
  const manifest = await submitted();
  mkdirSync(join(path, 'target/d'), { recursive: true });
  own('target');
  chmodSync(join(path, 'target/d'), 0o555);
  const { code, stdout } = await run(...download(manifest, 'target'));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'LocalIo', details: { errno: 'EACCES' } } });
  expect(partFiles(join(path, 'target'))).toEqual([]);
  chmodSync(join(path, 'target/d'), 0o755);
  own('target/d');
  expect(await run(...download(manifest, 'target'), '--conflict-resolution', 'skip')).toMatchObject({
    code: 0,
  });
  expect([read(path, 'target/a.txt'), read(path, 'target/d/c.txt')]).toEqual(['a', 'ccc']);
});

it('a store that may not be written to: it gives, and takes nothing', async () => {
  const { path, run, submitted } = place();
  const manifest = await submitted();
  writeFileSync(join(path, 'tree/new'), 'new');
  for (const name of ['store', 'store/Data', 'store/Manifests']) chmodSync(join(path, name), 0o555);
  const { code, stderr } = await run('submit', 'tree', '--store', 'store');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/not writable/) });
  expect(await run(...download(manifest, 'home/out'))).toMatchObject({ code: 0 });
  expect(read(path, 'home/out/d/b.txt')).toBe('bb');
  for (const name of ['store', 'store/Data', 'store/Manifests']) chmodSync(join(path, name), 0o755);
});

it('a file that is in the way and belongs to another user is replaced, not opened', async () => {
  const { path, own, run, submitted } = place();
  const manifest = await submitted();
  writeTree(join(path, 'target'), { 'a.txt': 'old' });
  chmodSync(join(path, 'target/a.txt'), 0o444);
  own('target');
  expect(await run(...download(manifest, 'target'), '--conflict-resolution', 'overwrite')).toMatchObject({
    code: 0,
  });
  expect(read(path, 'target/a.txt')).toBe('a');
});
