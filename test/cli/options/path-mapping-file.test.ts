import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readPathMappingFile } from '../../../src/cli/options/path-mapping-file.js';

const directory = mkdtempSync(join(tmpdir(), 'cli-rules-'));
afterAll(() => rmSync(directory, { recursive: true }));

const { signal } = new AbortController();
const RULE = { source_path_format: 'WINDOWS', source_path: 'C:\\p', destination_path: '/p' };

function rulesFile(content: string): string {
  const file = join(directory, 'rules.json');
  writeFileSync(file, content);
  return file;
}

it.each([
  ['a list', [RULE]],
  ['an OpenJD document', { version: 'pathmapping-1.0', path_mapping_rules: [RULE] }],
])('reads %s', async (_what, document) => {
  expect(await readPathMappingFile(rulesFile(JSON.stringify(document)), signal)).toEqual([
    { sourcePathFormat: 'windows', sourcePath: 'C:\\p', destinationPath: '/p' },
  ]);
});

it.each([
  ['no list', '{"rules": []}', 'holds no list of path mapping rules'],
  ['no object', '[1]', 'rules.json, rule 0 must be an object, not 1'],
  [
    'no destination',
    JSON.stringify([RULE, { ...RULE, destination_path: 1 }]),
    'rule 1: destination_path must be a text',
  ],
  [
    'another format',
    JSON.stringify([{ ...RULE, source_path_format: 'vms' }]),
    'rule 0: "vms" is no path format',
  ],
])('refuses %s', async (_what, content, message) => {
  await expect(readPathMappingFile(rulesFile(content), signal)).rejects.toMatchObject({
    code: 'NonValidInputError',
    message: expect.stringContaining(message),
  });
});

it.each([
  ['that is no JSON', () => rulesFile('{')],
  ['that is not there', () => join(directory, 'none')],
])('calls a file %s a usage error', async (_what, file) => {
  await expect(readPathMappingFile(file(), signal)).rejects.toMatchObject({ code: 'InvalidConfig' });
});
