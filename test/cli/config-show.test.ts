import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.remove());

interface Shown {
  readonly name: string;
  readonly value: string | null;
  readonly origin: string;
}

async function shown(args: readonly string[], env: Record<string, string> = {}): Promise<Map<string, Shown>> {
  const { stdout } = await sandbox.run(['config', 'show', '--json', ...args], { env });
  const { settings }: { settings: Shown[] } = JSON.parse(stdout).result;
  return new Map(settings.map((setting) => [setting.name, setting]));
}

it('shows flag, variable, configuration and default with their origins', async () => {
  sandbox.write('deadline-config', '[settings]\nconflict_resolution = SKIP\n');
  const settings = await shown(['--concurrency', '7'], { RX_ATTACHMENTS_FARM_ID: 'farm-1' });
  expect(settings.get('concurrency')).toMatchObject({ value: '7', origin: 'flag --concurrency' });
  expect(settings.get('farm-id')).toMatchObject({
    value: 'farm-1',
    origin: 'variable RX_ATTACHMENTS_FARM_ID',
  });
  expect(settings.get('conflict-resolution')).toMatchObject({
    value: 'SKIP',
    origin: `${sandbox.config} [settings] conflict_resolution`,
  });
  expect(settings.get('queue-id')).toMatchObject({ value: 'queue-local', origin: 'default' });
  expect(settings.get('max-bandwidth')).toMatchObject({ value: null, origin: 'default' });
});

it('shows what the AWS SDK finds in variables and files, and what the library does by itself', async () => {
  const own = await shown([]);
  expect(own.get('profile')).toMatchObject({ value: 'default', origin: 'default' });
  expect(own.get('region')).toMatchObject({ value: 'us-west-2', origin: 'default' });
  expect(own.get('existence')).toMatchObject({ value: 'auto', origin: 'default' });
  expect(own.get('bucket-owner')).toMatchObject({ value: 'caller', origin: 'default' });

  const config = '[profile studio]\nregion = eu-west-3\nendpoint_url = http://127.0.0.1:9\n';
  const files = { AWS_CONFIG_FILE: sandbox.write('aws-config', config), AWS_PROFILE: 'studio' };
  const inFile = await shown([], files);
  expect(inFile.get('profile')).toMatchObject({ value: 'studio', origin: 'variable AWS_PROFILE' });
  const studio = { origin: 'AWS configuration, profile studio' };
  expect(inFile.get('region')).toMatchObject({ value: 'eu-west-3', ...studio });
  expect(inFile.get('s3-endpoint-url')).toMatchObject({ value: 'http://127.0.0.1:9/', ...studio });
  expect(inFile.get('deadline-endpoint-url')).toMatchObject(studio);
  expect(inFile.get('bucket-owner')).toMatchObject({ value: 'none', origin: 'default' });

  const variables = {
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_S3: 'https://s3.eu-west-1.amazonaws.com',
  };
  const inVariables = await shown([], { ...files, ...variables });
  expect(inVariables.get('region')).toMatchObject({
    value: 'eu-west-1',
    origin: 'variable AWS_DEFAULT_REGION',
  });
  expect(inVariables.get('s3-endpoint-url')?.origin).toBe('variable AWS_ENDPOINT_URL_S3');
  expect(inVariables.get('bucket-owner')?.value).toBe('caller');
  expect((await shown([], { ...variables, AWS_REGION: 'eu-west-2' })).get('region')?.value).toBe('eu-west-2');

  const flag = await shown(['--endpoint-url', 'http://127.0.0.1:7'], { ...files, ...variables });
  expect(flag.get('s3-endpoint-url')).toMatchObject({
    value: 'http://127.0.0.1:7',
    origin: 'flag --endpoint-url',
  });
});

it('shows the rest where the AWS configuration cannot be used', async () => {
  const env = { AWS_ENDPOINT_URL_S3: 'http://me:top-secret@127.0.0.1', AWS_REGION: 'eu-west-1' };
  const { code, stdout, stderr } = await sandbox.run(['config', 'show'], { env });
  expect([code, stderr]).toEqual([
    0,
    expect.stringMatching(/^WARNING: the AWS configuration cannot be used: /),
  ]);
  expect(stdout).toMatch(/^region +eu-west-1 {2}\(variable AWS_REGION\)$/m);
  expect(stdout + stderr).not.toContain('top-secret');
});

it('shows one line per setting as text', async () => {
  const { stdout, stderr, code } = await sandbox.run(['config', 'show', '--no-cache']);
  expect(stdout).toMatch(/^no-cache +true {2}\(flag --no-cache\)$/m);
  expect(stdout).toMatch(/^log-level +warning {2}\(default\)$/m);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

it('never prints a secret', async () => {
  const env = {
    AWS_SECRET_ACCESS_KEY: 'top-secret-1',
    AWS_SESSION_TOKEN: 'top-secret-2',
    HTTPS_PROXY: 'me:top-secret-4@proxy:3128',
  };
  const { stdout, stderr } = await sandbox.run(
    ['config', 'show', '--store', 'http://me:top-secret-3@host/b', '--log-level', 'debug'],
    { env },
  );
  expect(stdout).toContain('http://***@host/b');
  expect(stdout).toContain('***@proxy:3128');
  expect(stdout + stderr).not.toContain('top-secret');
});

it('names file and line of a configuration that cannot be read', async () => {
  const config = sandbox.write('broken', 'nonsense\n');
  const { stderr, code } = await sandbox.run(['config', 'show'], {
    env: { DEADLINE_CONFIG_FILE_PATH: config },
  });
  expect(stderr).toContain(`${config} cannot be read: line 1`);
  expect(code).toBe(2);
});
