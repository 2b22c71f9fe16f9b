import { expect, it } from 'vitest';
import { parseIni } from '../../../src/cli/options/ini.js';
import { withIniValue } from '../../../src/cli/options/ini-edit.js';

const SECTION = 'profile-(default) farm-1 queue-1 defaults';

it.each([
  ['nothing', '', `[${SECTION}]\njob_id = job-2\n`],
  ['another section', '[a]\nk = v\n', `[a]\nk = v\n\n[${SECTION}]\njob_id = job-2\n`],
  ['no break at the end', '[a]\nk = v', `[a]\nk = v\n\n[${SECTION}]\njob_id = job-2\n`],
  ['the value', `[${SECTION}]\njob_id = job-1\n`, `[${SECTION}]\njob_id = job-2\n`],
  [
    'comments, spacing and order around it',
    `# top\n[z]\n  k:v\n\n[${SECTION}]\n; why\njob_id=job-1\n# after\nother  =  x\n\n[b]\n`,
    `# top\n[z]\n  k:v\n\n[${SECTION}]\n; why\njob_id = job-2\n# after\nother  =  x\n\n[b]\n`,
  ],
  [
    'the end of its section, before blank lines',
    `[${SECTION}]\nother = x\n  more\n\n\n[b]\nk = v\n`,
    `[${SECTION}]\nother = x\n  more\njob_id = job-2\n\n\n[b]\nk = v\n`,
  ],
  ['a section without a key', `[${SECTION}]`, `[${SECTION}]\njob_id = job-2\n`],
  [
    'a value of several lines',
    `[${SECTION}]\njob_id = a\n  b\n\n  c\nk = v\n`,
    `[${SECTION}]\njob_id = job-2\nk = v\n`,
  ],
  ['the last of two', `[${SECTION}]\njob_id = 1\njob_id = 2\n`, `[${SECTION}]\njob_id = 1\njob_id = job-2\n`],
  [
    'a section that comes twice',
    `[${SECTION}]\njob_id = 1\n[b]\njob_id = 3\n[${SECTION}]\nk = v\n`,
    `[${SECTION}]\njob_id = job-2\n[b]\njob_id = 3\n[${SECTION}]\nk = v\n`,
  ],
  ['a key in capitals', `[${SECTION}]\nJob_ID : 1\n`, `[${SECTION}]\njob_id = job-2\n`],
  [
    'a continued line that looks like the key',
    `[${SECTION}]\nk = v\n  job_id = 1\n`,
    `[${SECTION}]\nk = v\n  job_id = 1\njob_id = job-2\n`,
  ],
  [
    'Windows line breaks',
    `[${SECTION}]\r\njob_id = 1\r\nk = v\r\n`,
    `[${SECTION}]\r\njob_id = job-2\r\nk = v\r\n`,
  ],
  ['a byte order mark', `\uFEFF[${SECTION}]\njob_id = 1\n`, `\uFEFF[${SECTION}]\njob_id = job-2\n`],
])('keeps everything else: %s', (_case, source, expected) => {
  const changed = withIniValue(source, SECTION, 'job_id', 'job-2');
  expect(changed).toBe(expected);
  expect(parseIni(changed).get(SECTION)?.get('job_id')).toBe('job-2');
  expect(withIniValue(changed, SECTION, 'job_id', 'job-2')).toBe(changed);
});
