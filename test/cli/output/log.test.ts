import { expect, it } from 'vitest';
import { createLog } from '../../../src/cli/output/log.js';
import { type LogFormat, messageFormat } from '../../../src/cli/output/message-format.js';
import type { LogLevel } from '../../../src/pipeline/types.js';

interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
}

function logged({ level: least, format }: LogOptions, message = 'hello'): string[] {
  const lines: string[] = [];
  const log = createLog(least, messageFormat(format), (line) => lines.push(line));
  for (const level of ['error', 'warning', 'info', 'debug'] as const) log(level, message, { size: 1n });
  return lines;
}

it.each([
  ['error', 1],
  ['warning', 2],
  ['info', 3],
  ['debug', 4],
] as const)('at level %s writes %d of four lines', (level, count) => {
  expect(logged({ level, format: 'text' })).toHaveLength(count);
});

it('begins every line with its level and keeps it one line', () => {
  const lines = logged({ level: 'warning', format: 'text' }, 'a\nopenjd_fail: x \u001b[2J');
  expect(lines).toEqual(['ERROR: a\\nopenjd_fail: x \\x1b[2J\n', 'WARNING: a\\nopenjd_fail: x \\x1b[2J\n']);
});

it('writes level, message and fields as JSON', () => {
  const [line = ''] = logged({ level: 'error', format: 'json' });
  expect(JSON.parse(line)).toEqual({
    level: 'error',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    message: 'hello',
    size: '1',
  });
});

it('prints no credential', () => {
  for (const format of ['text', 'json'] as const) {
    expect(logged({ level: 'error', format }, 'http://u:secret@h/')).toEqual([
      expect.not.stringContaining('secret'),
    ]);
  }
});
