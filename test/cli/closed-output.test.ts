import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => sandbox.tree('project', { 'a.txt': 'a' }));

it.each([
  ['submit', 'submit project --store store --quiet'],
  ['--json', 'submit project --store store --json'],
  ['help', '--help'],
])('%s ends quietly with 1 when nobody reads stdout', async (_name, command) => {
  // The reader is gone before the command can write: it closes its end, then lets the command start.
  const script = `exec 3< <(:); { sleep 0.2; $CLI ${command}; echo "code $?" >&2; } > >(exec <&-; :)`;
  const { stderr } = await sandbox.shell(script);
  expect(stderr).toBe('code 1\n');
});

it('ends quietly behind head -c0', async () => {
  const { stderr } = await sandbox.shell('{ $CLI config show; echo "code $?" >&2; } | head -c0');
  expect(stderr).toMatch(/^code [01]\n$/);
});

it.each([
  ['stdout', 'config show > /dev/full'],
  ['--json', 'config show --json > /dev/full'],
  ['--redirect-output', 'config show --redirect-output /dev/full'],
])('says that %s could not be written, where the disk is full', async (_name, command) => {
  const { stderr } = await sandbox.shell(`$CLI ${command}; echo "code $?" >&2`);
  expect(stderr).toMatch(/^Error: the output could not be written: ENOSPC.*\ncode 1\n$/);
});

it('delivers all of a large document through a slow pipe', async () => {
  const files = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`${'n'.repeat(100)}${i}`, '']));
  sandbox.tree('many', files);
  const entry = '{"hash":"0123","mtime":1,"path":"gone","size":0}';
  const old = sandbox.write(
    'old.manifest',
    `{"hashAlg":"xxh128","manifestVersion":"2023-03-03","paths":[${entry}],"totalSize":0}`,
  );
  const { stdout, code } = await sandbox.shell(
    `$CLI manifest diff --root many --manifest ${old} --json | { sleep 0.5; cat; }`,
  );
  expect(JSON.parse(stdout).new).toHaveLength(3000);
  expect(code).toBe(0);
});
