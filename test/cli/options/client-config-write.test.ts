import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readClientConfig } from '../../../src/cli/options/client-config.js';
import { writeDefaultJob } from '../../../src/cli/options/client-config-write.js';
import { asNobody, compiled } from '../../support/as-nobody.js';
import { runPython } from '../../support/peers.js';
import { requireServer } from '../../support/require-server.js';
import { tempDir } from '../../support/temp-dir.js';

const base = tempDir('client-config-write');
let count = 0;
let folder = '';
let file = '';
beforeEach(() => {
  count += 1;
  folder = join(base, String(count));
  mkdirSync(folder);
  file = join(folder, 'config');
});

const job = { farmId: 'farm-1', queueId: 'queue-1', jobId: 'job-2' };
const write = (more: object = {}): Promise<string> =>
  writeDefaultJob({ DEADLINE_CONFIG_FILE_PATH: file }, { ...job, ...more });

it('makes a missing file, for its owner alone, with its folder', async () => {
  file = join(folder, 'new', 'config');
  expect(await write()).toBe(file);
  expect(readFileSync(file, 'utf8')).toBe('[profile-(default) farm-1 queue-1 defaults]\njob_id = job-2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

it('nests below the profile', async () => {
  await write({ profile: 'studio' });
  expect(readFileSync(file, 'utf8')).toContain('[profile-studio farm-1 queue-1 defaults]');
});

it.each([0o640, 0o644, 0o600])('keeps the mode %o and leaves nothing beside the file', async (mode) => {
  writeFileSync(file, '[defaults]\naws_profile_name = studio\n');
  chmodSync(file, mode);
  await write();
  expect(statSync(file).mode & 0o777).toBe(mode);
  expect(readdirSync(folder)).toEqual(['config']);
  const config = readClientConfig({ DEADLINE_CONFIG_FILE_PATH: file });
  expect(config.find({ level: 'defaults', key: 'aws_profile_name' }, {})?.value).toBe('studio');
});

it('changes the file that a link names', async () => {
  const target = join(folder, 'real');
  writeFileSync(target, '# ours\n');
  symlinkSync(target, file);
  await write();
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(readFileSync(target, 'utf8')).toMatch(/^# ours\n[\s\S]*job_id = job-2\n$/);
});

it('does not touch a file that says so already', async () => {
  await write();
  const before = statSync(file, { bigint: true });
  await write();
  const { ino, mtimeNs } = statSync(file, { bigint: true });
  expect({ ino, mtimeNs }).toEqual({ ino: before.ino, mtimeNs: before.mtimeNs });
});

it.each([
  ['that is no configuration', Buffer.from('nonsense\n'), {}, /cannot be read: line 1/],
  ['that is not UTF-8', Buffer.from([0x23, 0xff, 0x0a]), {}, /cannot be changed: it is not UTF-8/],
  [
    'with a profile that ends a section',
    Buffer.from('# x\n'),
    { profile: 'a]b' },
    /cannot be the name of a section/,
  ],
])('leaves a file alone %s', async (_case, content, more, message) => {
  writeFileSync(file, content);
  await expect(write(more)).rejects.toMatchObject({
    code: 'InvalidConfig',
    message: expect.stringMatching(message),
  });
  expect(readFileSync(file).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(['config']);
});

requireServer('python')('beside the Python library', () => {
  it('which finds the job, and whose own file keeps everything else', async () => {
    const env = { DEADLINE_CONFIG_FILE_PATH: file };
    const settings = 'from deadline.client.config import get_setting, set_setting\n';
    await runPython(
      `${settings}set_setting("defaults.aws_profile_name", "studio")\nset_setting("defaults.farm_id", "farm-1")\nset_setting("defaults.queue_id", "queue-1")\nset_setting("defaults.job_id", "job-1")\nset_setting("settings.known_asset_paths", "/a")`,
      { env },
    );
    const before = readFileSync(file, 'utf8');
    await write({ profile: 'studio' });
    expect(readFileSync(file, 'utf8')).toBe(before.replace('job_id = job-1', 'job_id = job-2'));
    expect(await runPython(`${settings}print(get_setting("defaults.job_id"), end="")`, { env })).toBe(
      'job-2',
    );
  });
});

// As a user who may not put a file in its place.
it('refuses to replace a device', () => {
  const outcome = asNobody(`
    import { writeDefaultJob } from ${JSON.stringify(compiled('cli/options/client-config-write.js'))};
    const env = { DEADLINE_CONFIG_FILE_PATH: '/dev/null' };
    const said = await writeDefaultJob(env, ${JSON.stringify(job)}).catch((error) => error.message);
    console.log(JSON.stringify(said));
  `);
  expect(outcome).toBe('the configuration file /dev/null cannot be changed: it is not a regular file');
});
