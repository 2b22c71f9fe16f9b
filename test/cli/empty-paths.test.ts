/** What a script hands over whose variable is not set: refused, where it would mean the working directory. */
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeManifest } from '../../src/model/encode.js';
import { Sandbox } from '../support/cli.js';
import { v2023 } from '../support/contents.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => {
  sandbox.tree('project', { 'a.txt': 'a' });
  sandbox.write('m', encodeManifest(v2023([{ path: 'a', hash: '0'.repeat(32), size: 1, mtime: 2 }])));
});
/** What an accident would leave in the working directory. */
const written = (): string[] =>
  readdirSync(sandbox.path).filter((name) => /^(Data|Manifests|store|http:|.*\.manifest|a\.txt)$/.test(name));

it.each([
  ['an argument', ['submit', '', '--store', 'store']],
  ['an argument', ['submit', 'project', '', '--store', 'store']],
  ['an argument', ['manifest', 'download', '', '--store', 'store', '--manifest-key', 'k']],
  ['--input', ['submit', '--input', '', '--store', 'store']],
  ['--output-dir', ['submit', 'project', '--output-dir', '', '--store', 'store']],
  ['--reference', ['submit', 'project', '--reference', '', '--store', 'store']],
  ['--snapshot-to', ['submit', 'project', '--snapshot-to', '']],
  ['--asset-references', ['submit', 'project', '--asset-references', '', '--store', 'store']],
  ['--s3-manifest-prefix', ['manifest', 'upload', 'm', '--store', 'store', '--s3-manifest-prefix', '']],
  [
    '--upload-manifest-path',
    ['attachment', 'upload', '-m', 'm', '-r', 'project', '--store', 'store', '--upload-manifest-path', ''],
  ],
  ['--destination', ['manifest', 'snapshot', '--root', 'project', '--destination', '']],
  ['--destination', ['attachment', 'download', '-m', 'm', '--store', 'store', '--destination', '']],
  ['--diff', ['manifest', 'snapshot', '--root', 'project', '--diff', '']],
  ['--output', ['manifest', 'merge', 'm', '--root', 'project', '--output', '']],
  ['--manifests', ['attachment', 'download', '-m', '', '--store', 'store']],
  ['--manifests', ['attachment', 'upload', '-m', '', '-r', 'project', '--store', 'store']],
  ['--root-dirs', ['attachment', 'upload', '-m', 'm', '-r', '', '--store', 'store']],
  ['--path-mapping-rules', ['attachment', 'download', '-m', 'm', '--path-mapping-rules', '', '--store', 's']],
  ['--path-mapping-rules', ['attachment', 'upload', '-m', 'm', '--path-mapping-rules', '', '--store', 's']],
  ['--asset-root', ['manifest', 'upload', 'm', '--asset-root', '', '--store', 'store']],
  ['--save-debug-snapshot', ['bundle', 'submit', 'project', '--save-debug-snapshot', '']],
  [
    '--known-asset-path',
    ['bundle', 'submit', 'project', '--known-asset-path', '', '--store', 'store', '--print-request'],
  ],
])('%s that is empty: %j', async (subject, args) => {
  const { code, stdout, stderr } = await sandbox.run(args);
  expect(stderr).toBe(`Error: ${subject} is empty: was a variable not set?\n`);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(written()).toEqual([]);
});

it('an address of another kind is no directory to store in', async () => {
  const { code, stderr } = await sandbox.run(['submit', 'project', '--store', 'http://host/bucket']);
  expect(stderr).toContain('"http://host/bucket" names no store: give a directory, a file: URI or s3://');
  expect(code).toBe(2);
  expect(written()).toEqual([]);
});
