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

it('shows one line per setting as text', async () => {
  const { stdout, stderr, code } = await sandbox.run(['config', 'show', '--no-cache']);
  expect(stdout).toMatch(/^no-cache +true {2}\(flag --no-cache\)$/m);
  expect(stdout).toMatch(/^log-level +warning {2}\(default\)$/m);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

it('never prints a secret', async () => {
  const env = { AWS_SECRET_ACCESS_KEY: 'top-secret-1', AWS_SESSION_TOKEN: 'top-secret-2' };
  const { stdout, stderr } = await sandbox.run(
    ['config', 'show', '--store', 'http://me:top-secret-3@host/b', '--log-level', 'debug'],
    { env },
  );
  expect(stdout).toContain('http://***@host/b');
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
