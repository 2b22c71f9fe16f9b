/** Whatever goes wrong, and however much is logged: no secret, no session token and no signature is printed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { type CliResult, filesBelow, Sandbox } from '../support/cli.js';
import { noise } from '../support/contents.js';
import { cutResponse, drop, type Fault, ignoreHeaders, loseAnswer } from '../support/fault.js';
import { useFaultProxy } from '../support/fault-proxy.js';
import { requireServer } from '../support/require-server.js';
import { s3Error, slowDown } from '../support/s3-faults.js';
import { useVersity } from '../support/versitygw.js';

const SECRET = 'Zq9+wJalr/XUtnFEMIK7MDENGbPxRfiCYEXAMPLE';
const TOKEN = `IQoJb3JpZ2luX2VjEMz//${'Tok3n+SESSION/'.repeat(20)}==`;
const KEY_ID = 'ASIAQQQQQQQQEXAMPLE1';
const SIGNATURE = '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7';
const PASSWORD = 'pr0xy-passw0rd';
/** The real server takes no session tokens: the proxy takes them out, and signs with the server's own secret. */
const UNTOKENED = ignoreHeaders('x-amz-security-token');

/** Errors in which a server says back all that it was told. */
const ECHO = [
  `GET\n/bucket\nX-Amz-Security-Token=${encodeURIComponent(TOKEN)}&X-Amz-Signature=${SIGNATURE}`,
  `authorization:AWS4-HMAC-SHA256 Credential=${KEY_ID}/20260101/us-east-1/s3/aws4_request, Signature=${SIGNATURE}`,
  `x-amz-security-token:${TOKEN}`,
].join('\n');
const echoing = (status: number, code: string): Fault => ({
  answer: s3Error(status, code, {
    message: `The request signature we calculated does not match: ${ECHO}`,
    details: {
      AWSAccessKeyId: KEY_ID,
      StringToSign: ECHO,
      SignatureProvided: SIGNATURE,
      CanonicalRequest: ECHO,
    },
  }),
});

requireServer('versitygw').each(['direct', 'sdk'] as const)(
  'the command line with the %s client',
  (client) => {
    const server = useVersity();
    const debug = ['--s3-client', client, '--log-level', 'debug', '--progress', 'lines'];
    const proxy = useFaultProxy(server);
    let sandbox = new Sandbox();
    beforeEach(() => {
      sandbox.remove();
      sandbox = new Sandbox();
      const small = Array.from({ length: 12 }, (_, index) => [`f${index}`, noise(900 + index, index)]);
      sandbox.tree('tree', Object.fromEntries([...small, ['large', noise(33 << 20, 99)]]));
    });
    afterEach(() => {
      // The token was sent, so that there was something to hide.
      const tokens = proxy().requests.map(({ headers }) => headers['x-amz-security-token']);
      expect(tokens.filter((token) => token !== '…')).toEqual([]);
    });
    afterAll(() => sandbox.remove());

    it.each(['text', 'json'])(
      'prints no secret of runs that succeed after failures (%s log)',
      async (format) => {
        const prefix = newPrefix();
        const faults: readonly (readonly ['PutObject' | 'UploadPart' | 'HeadObject' | 'GetObject', Fault])[] =
          [
            ['HeadObject', { answer: { status: 500 } }],
            ['PutObject', slowDown()],
            ['PutObject', echoing(500, 'InternalError')],
            ['PutObject', drop()],
            ['PutObject', { ...UNTOKENED, ...loseAnswer() }],
            ['UploadPart', echoing(503, 'SlowDown')],
            ['GetObject', echoing(500, 'InternalError')],
            ['GetObject', { ...UNTOKENED, ...cutResponse(100) }],
          ];
        for (const [operation, fault] of faults) proxy().inject({ match: { operation }, fault });
        letThrough();
        const log = ['--log-format', format];
        expectSilent(await submit(prefix, log), 0);
        const download = ['attachment', 'download', '-m', manifestOf(prefix), '--destination', 'target'];
        expectSilent(await run(prefix, [...download, ...log]), 0);
        expect(filesBelow(sandbox.join('target'))).toEqual(filesBelow(sandbox.join('tree')));
      },
    );

    it.each([
      ['SignatureDoesNotMatch', 403],
      ['InvalidToken', 400],
      ['ExpiredToken', 400],
      ['InternalError', 500],
      ['TeapotRefused', 418],
    ])('prints no secret that the error %s says back', async (code, status) => {
      const prefix = newPrefix();
      proxy().inject({ times: 'always', fault: echoing(status, code) });
      const failed = await submit(prefix, ['--json=envelope', '--log-format', 'json']);
      expectSilent(failed, 1);
      expect(failed.stderr).toContain('    at '); // the stack, which nothing but debug shows
      const read = ['manifest', 'download', 'manifests', '--asset-type', 'input'];
      expectSilent(await run(prefix, [...read, '--manifest-key', 'farm/queue/Inputs/guid/hash_input']), 1);
    });

    it('prints no password of a proxy', async () => {
      const place = ['--store', 's3://bucket/prefix', '--s3-endpoint-url', 'https://s3.invalid'];
      const address = `http://user:${PASSWORD}@127.0.0.1:9`;
      const env = { ...credentials(), RX_ATTACHMENTS_HTTPS_PROXY: address };
      const failed = await sandbox.run(['submit', 'tree', ...place, ...debug], { env });
      expectSilent(failed, 1);
      expect(failed.stderr).toContain('ECONNREFUSED');
    });

    it('prints nothing that a program for credentials says', async () => {
      const answer = JSON.stringify({ AccessKeyId: KEY_ID, SecretAccessKey: SECRET, SessionToken: TOKEN });
      const program = sandbox.write('program', `echo '${answer}' >&2; echo ${SECRET} ${TOKEN} >&2; exit 1`);
      const config = sandbox.write('aws', `[profile leaky]\ncredential_process = sh ${program} ${SECRET}\n`);
      const place = ['--store', 's3://bucket/prefix', '--s3-endpoint-url', proxy().endpoint];
      const env = { AWS_CONFIG_FILE: config, AWS_REGION: 'us-east-1' };
      const args = ['submit', 'tree', ...place, '--profile', 'leaky', ...debug];
      const failed = await sandbox.run(args, { env });
      expectSilent(failed, 1);
      expect(failed.stderr).toContain('the credential_process of the profile "leaky" failed');
      expect(failed.stderr).toContain('caused by: ');
    });

    function run(prefix: string, args: readonly string[]): Promise<CliResult> {
      const store = ['--store', `s3://${server().bucket}/${prefix}`, '--s3-endpoint-url', proxy().endpoint];
      return sandbox.run([...args, ...store, ...debug], { env: credentials() });
    }

    function submit(prefix: string, more: readonly string[]): Promise<CliResult> {
      return run(prefix, ['submit', 'tree', ...more]);
    }

    function letThrough(): void {
      proxy().inject({ times: 'always', fault: UNTOKENED });
    }

    function credentials(): Record<string, string> {
      const own = { AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: TOKEN };
      return { ...server().env(), ...own };
    }

    function manifestOf(prefix: string): string {
      const root = join(server().directory, server().bucket, prefix, 'Manifests');
      const name = readdirSync(root, { recursive: true })
        .map(String)
        .find((each) => each.endsWith('_input'));
      return join(root, name ?? '');
    }
  },
);

let prefixes = 0;
function newPrefix(): string {
  prefixes += 1;
  return `prefix-${prefixes}`;
}

function expectSilent({ code, stdout, stderr }: CliResult, expected: number): void {
  expect({ code, stderr }).toEqual({ code: expected, stderr });
  const printed = stdout + stderr;
  expect(printed).not.toBe('');
  for (const secret of [SECRET, TOKEN, PASSWORD]) {
    // Also parts of them, and as they stand in addresses.
    for (const form of [secret, encodeURIComponent(secret), secret.slice(0, 16), secret.slice(-16)])
      expect(printed).not.toContain(form);
  }
  expect(printed).not.toMatch(/signature["']?[=:]\s*["']?[0-9a-f]{8}/i);
  expect(printed).not.toMatch(/[0-9a-f]{64}/i); // as long as signatures; content hashes are half of it
}
