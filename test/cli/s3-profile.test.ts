/** `--profile` brings region, endpoint and keys of one profile, whatever the others say. */
import { afterAll, expect, it } from 'vitest';
import { Sandbox } from '../support/cli.js';
import { requireServer } from '../support/require-server.js';
import { useVersity } from '../support/versitygw.js';

requireServer('versitygw')('a named profile on the command line', () => {
  const server = useVersity();
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());

  const run = (profile: string, env: Readonly<Record<string, string>> = {}) => {
    const { accessKeyId, secretAccessKey, endpoint } = server();
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    const config = [
      '[default]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:9\n',
      `[profile own]\nregion = us-east-1\nendpoint_url = ${endpoint}\n${keys}`,
      `[profile service]\nregion = us-east-1\nservices = local\nendpoint_url = http://127.0.0.1:9\n${keys}`,
      `[profile broken]\nregion = us-east-1\nservices = nowhere\n${keys}`,
      `[profile password]\nregion = us-east-1\nendpoint_url = http://${accessKeyId}:${secretAccessKey}@127.0.0.1:9\n${keys}`,
      '[profile role]\nregion = us-east-1\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = gone\n',
      '[profile program]\nregion = us-east-1\ncredential_process = sh -c "echo said >&2; exit 1"\n',
      `[services local]\ns3 =\n  endpoint_url = ${endpoint}\n`,
    ];
    const files = { AWS_CONFIG_FILE: sandbox.write('aws-config', config.join('')) };
    const flags = ['--profile', profile, '--log-level', 'debug', '--json=envelope', '--progress', 'none'];
    const store = ['--store', `s3://bucket/${profile}`];
    return sandbox.run(['submit', sandbox.tree('tree', { a: `of ${profile}` }), ...store, ...flags], {
      env: { ...files, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    });
  };

  it.each<[string, Record<string, string>]>([
    ['own', {}],
    ['service', {}],
    ['own', { AWS_PROFILE: 'service' }],
    ['service', { AWS_PROFILE: 'default' }],
  ])('%s with %j reaches the store', async (profile, env) => {
    const { code, stdout, stderr } = await run(profile, env);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout).stats.upload).toMatchObject({ total_files: 1 });
    expect(
      server()
        .keys()
        .some((key) => key.startsWith(`${profile}/Manifests/`)),
    ).toBe(true);
    expect(stdout + stderr).not.toContain(server().secretAccessKey);
  });

  it.each([
    ['nowhere', 'no credentials could be had: the AWS config files have no profile "nowhere".'],
    ['role', 'have no profile "gone", the source_profile of "role".'],
    ['program', 'the credential_process of the profile "program" failed, whose output is not shown'],
  ])('%s says why it gives no keys', async (profile, message) => {
    const { code, stderr } = await run(profile);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain(
      `sign in with the profile "${profile}", name another one (AWS_PROFILE), or give`,
    );
    expect(stderr).not.toContain('said');
  });

  it.each([
    ['broken', 'its services "nowhere" are not in the config file'],
    ['password', 'must not hold a user name or password'],
  ])('%s is a usage error without the keys', async (profile, message) => {
    const { code, stdout, stderr } = await run(profile);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout + stderr).not.toContain(server().secretAccessKey);
    expect(stdout + stderr).not.toContain(server().accessKeyId);
  });
});
