/** The confirmation of places that the user has not named, on a terminal and without one. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CLI, filesBelow, Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());
beforeAll(() => {
  sandbox.tree('p', { 'job/scene.ma': 'scene', 'lib/h.exr': 'h' });
  const inputs = { filenames: ['p/job/scene.ma'], directories: ['p/lib'] };
  const outputs = { directories: ['p/out'] };
  sandbox.write('refs.json', JSON.stringify({ assetReferences: { inputs, outputs } }));
});

let stores = 0;
function command(...more: string[]): { args: string[]; store: string } {
  stores += 1;
  const store = `store-${stores}`;
  return { args: ['submit', '--asset-references', 'refs.json', '--store', store, ...more], store };
}

function stored(store: string): readonly string[] {
  return Object.values(filesBelow(sandbox.join(store)));
}

it('without a terminal and --yes is a usage error that names the flags, and stores nothing', async () => {
  const { args, store } = command();
  const { code, stderr } = await sandbox.run(args);
  expect(stderr).toMatch(/^Error: [^\n]*--yes[^\n]*--known-asset-path[^\n]*\n$/);
  expect([code, stored(store)]).toEqual([2, []]);
});

it('goes on without a question when every place is known', async () => {
  const { args, store } = command('--known-asset-path', 'p/job', 'p/out');
  const setting = { RX_ATTACHMENTS_KNOWN_ASSET_PATHS: `/nowhere:${sandbox.join('p/lib')}` };
  const { code, stderr } = await sandbox.run(args, { env: setting });
  expect(stderr).toContain('Input files: 2 totaling 6 B. Output directories: 1.\nKnown locations:\n');
  expect(stderr).toContain(`    (output) ${sandbox.join('p/out')}\n`);
  expect([code, stored(store)]).toEqual([0, expect.arrayContaining(['h', 'scene'])]);
});

it.each([
  ['--yes', ['--yes'], ''],
  ['the setting', [], '[settings]\nauto_accept = true\n'],
])('is refused by %s where a place is not known', async (_what, flags, config) => {
  sandbox.write('deadline-config', config);
  const { args, store } = command('--known-asset-path', 'p/job', 'p/lib', ...flags);
  const { code, stderr } = await sandbox.run(args);
  sandbox.write('deadline-config', '');
  expect(stderr).toContain(`not among the known asset paths:\n    (output) ${sandbox.join('p/out')}\n`);
  expect(stderr).toMatch(
    /\nJob submission canceled \(settings\.auto_accept enabled and there were unknown paths\)\.\n$/,
  );
  expect([code, stored(store)]).toEqual([1, []]);
});

it('prints one document for a refusal', async () => {
  const { args } = command('--yes', '--json');
  const { code, stdout } = await sandbox.run(args);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'cancelled',
    result: null,
    error: { code: 'Cancelled' },
  });
  expect(code).toBe(1);
});

/** Runs on a terminal whose user types `text` as soon as the question stands there. */
async function answering(args: readonly string[], text: string) {
  const script = `$CLI ${args.join(' ')} > out.json; echo "code $?"`;
  const env = { CLI: `${process.execPath} ${CLI}`, SHELL: '/bin/bash' };
  const child = sandbox.spawn('script', ['-qec', script, '/dev/null'], { env });
  let shown = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const asked = shown.includes('Do you wish to proceed?');
    shown += chunk;
    if (!asked && shown.includes('Do you wish to proceed?')) child.stdin?.write(text);
  });
  await new Promise((resolve) => child.once('close', resolve));
  return { shown, code: Number(/code (\d+)/.exec(shown)?.[1]) };
}

it.each([
  ['y', 'y\n', 0],
  ['no answer, which means no', '\n', 1],
  ['n', 'n\n', 1],
  ['the end of the input', '\u0004', 1],
])('on a terminal asks about unknown places and takes %s', async (_what, typed, expected) => {
  const { args, store } = command();
  const { shown, code } = await answering(args, typed);
  expect(shown).toContain('not among the known asset paths:');
  expect(shown).toContain('Do you wish to proceed? [y/N]: ');
  expect(shown.includes('Job submission canceled (user input).')).toBe(expected === 1);
  expect(code).toBe(expected);
  expect(stored(store).length > 0).toBe(expected === 0);
});

it('asks before a bundle too, and takes an empty line for a yes where every place is known', async () => {
  sandbox.write('bundle/template.json', '{"specificationVersion": "jobtemplate-2023-09", "steps": []}');
  const references = { assetReferences: { inputs: { filenames: [sandbox.write('bundle/a.txt', 'a')] } } };
  sandbox.write('bundle/asset_references.json', JSON.stringify(references));
  const args = ['bundle', 'submit', 'bundle', '--print-request', '--store', 'of-bundle'];
  const { shown, code } = await answering(args, '\n');
  expect(shown).toContain('Do you wish to proceed? [Y/n]: ');
  expect([code, stored('of-bundle')]).toEqual([0, expect.arrayContaining(['a'])]);
});

it('ends with 130 when the question is interrupted', async () => {
  const { args, store } = command();
  const { shown, code } = await answering(args, '\u0003');
  expect(shown).toContain('Cancelled.');
  expect([code, stored(store)]).toEqual([130, []]);
});
