import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readClientConfig } from '../../../src/cli/options/client-config.js';
import { type GivenFlags, Settings } from '../../../src/cli/options/settings.js';

const created: string[] = [];
afterEach(() => {
  for (const directory of created.splice(0)) rmSync(directory, { recursive: true });
});

function settings(
  config: string,
  env: Record<string, string> = {},
  flags: GivenFlags = {},
): { settings: Settings; file: string } {
  const directory = mkdtempSync(join(tmpdir(), 'cli-settings-'));
  created.push(directory);
  const file = join(directory, 'config');
  writeFileSync(file, config);
  const variables = { ...env, DEADLINE_CONFIG_FILE_PATH: file };
  return { settings: new Settings(flags, variables, () => readClientConfig(variables)), file };
}

const NESTED = `
[defaults]
aws_profile_name = studio
[profile-studio defaults]
farm_id = farm-config
[profile-studio farm-config defaults]
queue_id = queue-config
job_attachments_file_system = VIRTUAL
[profile-studio farm-flag defaults]
queue_id = queue-of-flag
[settings]
log_level = DEBUG
force_s3_check = yes
conflict_resolution = OVERWRITE
`;

it('prefers flag, then own variable, then DEADLINE variable, then configuration, then default', () => {
  const own = { RX_ATTACHMENTS_FARM_ID: 'farm-own' };
  const deadline = { DEADLINE_FARM_ID: 'farm-deadline' };
  const farm = (env: Record<string, string>, flags: GivenFlags = {}) =>
    settings(NESTED, env, flags).settings.value('farmId');
  expect(farm({ ...own, ...deadline }, { farmId: 'farm-flag' })).toBe('farm-flag');
  expect(farm({ ...own, ...deadline })).toBe('farm-own');
  expect(farm(deadline)).toBe('farm-deadline');
  expect(farm({})).toBe('farm-config');
  expect(settings('').settings.value('farmId')).toBeUndefined();
});

it('nests queue and file system below profile and farm, whatever gave the farm', () => {
  expect(settings(NESTED).settings.value('queueId')).toBe('queue-config');
  expect(settings(NESTED).settings.value('fileSystem')).toBe('VIRTUAL');
  const { settings: flagged } = settings(NESTED, {}, { farmId: 'farm-flag' });
  expect(flagged.value('queueId')).toBe('queue-of-flag');
  expect(flagged.value('fileSystem')).toBe('COPIED');
  expect(settings(NESTED, { RX_ATTACHMENTS_PROFILE: 'other' }).settings.value('farmId')).toBeUndefined();
});

it('uses the section of no profile where none is configured', () => {
  const config = '[profile-(default) defaults]\nfarm_id = f\n[profile-(default) f defaults]\nqueue_id = q\n';
  expect(settings(config).settings.value('queueId')).toBe('q');
});

it('takes the name that the client library writes for no profile as none', () => {
  const config = '[defaults]\naws_profile_name = (default)\n[profile-(default) defaults]\nfarm_id = f\n';
  const { settings: effective } = settings(config);
  expect([effective.value('profile'), effective.value('farmId')]).toEqual([undefined, 'f']);
});

it('names the origin of every value', () => {
  const { settings: effective, file } = settings(NESTED, { RX_ATTACHMENTS_QUIET: '1' }, { store: 'd' });
  expect(effective.origin('store')).toBe('flag --store');
  expect(effective.origin('quiet')).toBe('variable RX_ATTACHMENTS_QUIET');
  expect(effective.origin('logLevel')).toBe(`${file} [settings] log_level`);
  expect(effective.origin('queueId')).toBe(`${file} [profile-studio farm-config defaults] queue_id`);
  expect(effective.origin('color')).toBe('default');
});

it('reads choices of the configuration in any letter case and "not selected" as not set', () => {
  expect(settings(NESTED).settings.value('logLevel')).toBe('debug');
  expect(settings(NESTED).settings.value('forceS3Check')).toBe(true);
  expect(settings(NESTED).settings.value('conflictResolution')).toBe('OVERWRITE');
  const unset = settings('[settings]\nconflict_resolution = NOT_SELECTED\n').settings;
  expect(unset.value('conflictResolution')).toBe('CREATE_COPY');
});

it.each([
  ['flag', '', {}, { concurrency: 'x' }, '--concurrency must be a whole number'],
  [
    'variable',
    '',
    { RX_ATTACHMENTS_CONCURRENCY: '0' },
    {},
    'variable RX_ATTACHMENTS_CONCURRENCY must be a whole number',
  ],
])('names the %s of a bad value', (_what, config, env, flags, message) => {
  expect(() => settings(config, env, flags).settings.value('concurrency')).toThrow(message);
});

it('names file, section and key of a bad value, and only when it is asked for', () => {
  const { settings: effective, file } = settings('[settings]\nlog_level = LOUD\n');
  expect(effective.value('conflictResolution')).toBe('CREATE_COPY');
  expect(() => effective.value('logLevel')).toThrow(`${file} [settings] log_level must be one of`);
});

it('takes an absent file for an empty one and refuses a broken one by name', () => {
  const env = { DEADLINE_CONFIG_FILE_PATH: join(tmpdir(), 'there-is-no-such-directory', 'config') };
  expect(new Settings({}, env, () => readClientConfig(env)).value('logLevel')).toBe('warning');
  const { settings: effective, file } = settings('no section\n');
  expect(() => effective.value('logLevel')).toThrow(`configuration file ${file} cannot be read: line 1`);
});

it('counts an empty variable as not set', () => {
  expect(settings(NESTED, { RX_ATTACHMENTS_FARM_ID: '' }).settings.value('farmId')).toBe('farm-config');
});

const OF_SUBMISSIONS = `
[profile-(default) f defaults]
farm_region = eu-west-1
[profile-(default) f settings]
storage_profile_id = sp-1
[settings]
auto_accept = yes
known_asset_paths = /a:/b
max_failed_tasks_count = 7
max_retries_per_task = 0
small_file_threshold_multiplier = 20
`;

it('reads what submissions need from the sections of the client library', () => {
  const { settings: effective } = settings(OF_SUBMISSIONS, {}, { farmId: 'f' });
  expect(effective.value('farmRegion')).toBe('eu-west-1');
  expect(effective.value('storageProfileId')).toBe('sp-1');
  expect(effective.value('yes')).toBe(true);
  expect(effective.value('knownAssetPaths')).toBe('/a:/b');
  expect(effective.value('maxFailedTasksCount')).toBe(7);
  expect(effective.value('maxRetriesPerTask')).toBe(0);
  expect(effective.value('smallFileThresholdMultiplier')).toBe(20);
});

it('has the defaults of the client library for jobs', () => {
  const { settings: effective } = settings('');
  expect(effective.value('priority')).toBe(50);
  expect(effective.value('maxFailedTasksCount')).toBe(20);
  expect(effective.value('maxRetriesPerTask')).toBe(5);
  expect(effective.value('maxWorkerCount')).toBeUndefined();
  expect(effective.value('storageProfileId')).toBeUndefined();
});

it('reads choices of flags in any letter case', () => {
  const { settings: effective } = settings(
    '',
    {},
    { targetTaskRunStatus: 'suspended', maxWorkerCount: '-1' },
  );
  expect(effective.value('targetTaskRunStatus')).toBe('SUSPENDED');
  expect(effective.value('maxWorkerCount')).toBe(-1);
});
