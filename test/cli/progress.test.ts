import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { screenOf } from '../support/screen.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

const FILE_COUNT = 40;
const FILE_BYTES = 100_000;
beforeAll(() => {
  const files = Array.from({ length: FILE_COUNT }, (_, index): [string, Buffer] => {
    return [`f${index}.bin`, Buffer.alloc(FILE_BYTES, `file ${index} `)];
  });
  sandbox.tree('project', Object.fromEntries(files));
});

let stores = 0;
/** A submission that takes about two seconds, to a store of its own. */
function slowly(...flags: string[]): string[] {
  stores += 1;
  return [...['submit', 'project', '--store', `store-${stores}`, '--max-bandwidth', '2MB'], ...flags];
}

const LINE = /^(?:Hashing|Checking|Uploading): (?:\d+%, )?\d+(?: of \d+)? files, .*, \d+ skipped$/;

it.concurrent('on a pipe prints at most one line per ten percent, without escapes or carriage returns', async ({
  expect,
}) => {
  const { stderr, stdout, code } = await sandbox.run(slowly());
  const lines = stderr.split('\n').filter((line) => LINE.test(line));
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(10);
  expect(stderr + stdout).not.toMatch(/[\r\u001b]/);
  expect(code).toBe(0);
});

it.concurrent.each([
  ['--json', ['--json']],
  ['--quiet', ['--quiet']],
  ['--progress none', ['--progress', 'none']],
])('prints no progress with %s', async (_name, flags) => {
  const { stderr } = await sandbox.run(slowly(...flags));
  expect(stderr.split('\n').filter((line) => LINE.test(line))).toEqual([]);
  expect(stderr).not.toMatch(/[\r\u001b]/);
});

it.concurrent('draws a bar on a terminal, with files, bytes, rate and skipped files', async () => {
  const { stdout, code } = await sandbox.terminal(`$CLI ${slowly().join(' ')} > out.json`);
  expect(stdout).toMatch(
    /(?:Hashing|Uploading) \|[=-]{4,24}\| \d+% \d+(?:\/\d+)? files, .*\/s, (?:ETA \S+, )?\d+ skipped/,
  );
  expect(stdout).toContain('\u001b');
  expect(stdout).toContain('Upload Summary:');
  expect(code).toBe(0);
});

it.concurrent.each([
  ['CI is set', 'CI=true ', []],
  ['TERM is dumb', 'TERM=dumb ', []],
  ['--progress lines', '', ['--progress', 'lines']],
])('draws no bar on a terminal when %s', async (_name, variables, flags) => {
  const { stdout } = await sandbox.terminal(`${variables}$CLI ${slowly(...flags).join(' ')} > out.json`);
  expect(stdout).not.toContain('\u001b');
  expect(stdout.split('\r\n').filter((line) => LINE.test(line)).length).toBeGreaterThan(0);
});

it.concurrent.each([['--json'], ['--quiet']])(
  'draws neither bar nor lines on a terminal with %s',
  async (flag) => {
    const { stdout } = await sandbox.terminal(`$CLI ${slowly(flag).join(' ')} > out.json`);
    expect(stdout).toBe('');
  },
);

it.concurrent('keeps what is logged under the bar, and writes what follows below it', async () => {
  sandbox.tree('hiding', { 'a.txt': 'a', '.hidden': 'h' });
  const { stdout } = await sandbox.terminal('$CLI manifest snapshot --root hiding --destination hiding');
  expect(stdout).toContain('\u001b');
  expect(screenOf(stdout)).toEqual([
    'WARNING: 1 hidden file was left out; --hidden includes names with a leading dot',
    expect.stringMatching(/^Hashing \|=+\| 100% 1\/1 files, 1 B\/1 B/),
    expect.stringMatching(/\.manifest$/),
    '',
  ]);
});

it.concurrent('draws no bar on a pipe even when asked to', async () => {
  const { stderr } = await sandbox.run(slowly('--progress', 'bar'));
  expect(stderr).not.toMatch(/[\r\u001b]/);
});
