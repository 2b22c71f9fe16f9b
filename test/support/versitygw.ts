/**
 * A real S3 server for tests: versitygw over a temporary directory, on a free port of 127.0.0.1.
 *
 *     requireServer('versitygw')('uploads', () => {
 *       const server = useVersity({ tls: true });          // one for the tests of this file or describe
 *       it('…', async () => {
 *         const bucket = server().newBucket();             // tests of one server stay apart by bucket
 *         const connection = await connectS3(server().settings());
 *         …
 *         expect(server().count('PutObject')).toBe(3);     // what reached the server, from its access log
 *         expect(server().keys(bucket)).toEqual([…]);      // files in its directory
 *       });
 *     });
 *
 * `startVersity` is the same without hooks: call `stop()` yourself. Buckets are folders of `directory`, objects are files.
 * In front of it goes `fault-proxy.ts`.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { certificates, VIRTUAL_DOMAIN } from './certificates.js';
import { peerPath } from './peers.js';
import { startVersityProcess, type VersityCommand } from './versity-process.js';
import {
  ACCOUNT,
  REGION,
  RunningVersity,
  SECRET,
  type VersityAccount,
  type VersityOptions,
  type VersityServer,
} from './versity-server.js';

export type { VersityAccount, VersityOptions, VersityServer };

export async function startVersity(options: VersityOptions = {}): Promise<VersityServer> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rx-attachments-s3-')));
  try {
    const buckets = options.buckets ?? ['bucket'];
    for (const bucket of buckets) mkdirSync(join(folder, 'data', bucket), { recursive: true });
    const certs = options.tls === true ? await certificates() : undefined;
    const started = await startVersityProcess({
      options: [
        ...['--access-log', join(folder, 'access.log'), '--region', options.region ?? REGION],
        ...(certs === undefined ? [] : ['--cert', certs.certFile, '--key', certs.keyFile]),
        ...optionsOf(folder, options),
      ],
      posix: [...versioning(folder, options), join(folder, 'data')],
      env: { ROOT_ACCESS_KEY: ACCOUNT, ROOT_SECRET_KEY: SECRET, ...options.env },
      ca: certs?.ca,
    });
    return new RunningVersity(folder, options, started, certs?.caFile);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function optionsOf(folder: string, options: VersityOptions): VersityCommand['options'] {
  return [
    // Without a port it matches every port, so that a proxy may stand in front.
    ...(options.virtualDomain === true ? ['--virtual-domain', VIRTUAL_DOMAIN] : []),
    ...(options.readonly === true ? ['--readonly'] : []),
    ...(options.accounts === undefined ? [] : ['--iam-dir', accountsIn(folder, options.accounts)]),
  ];
}

function versioning(folder: string, options: VersityOptions): VersityCommand['posix'] {
  if (options.versioning !== true) return [];
  mkdirSync(join(folder, 'versions'));
  return ['--versioning-dir', join(folder, 'versions')];
}

function accountsIn(folder: string, accounts: readonly VersityAccount[]): string {
  const entries = accounts.map((account) => [account.access, account]);
  mkdirSync(join(folder, 'accounts'));
  writeFileSync(
    join(folder, 'accounts', 'users.json'),
    JSON.stringify({ accessAccounts: Object.fromEntries(entries) }),
  );
  return join(folder, 'accounts');
}

/** Starts one server before the tests of the file or `describe` and stops it after them. */
export function useVersity(options: VersityOptions = {}): () => VersityServer {
  let server: VersityServer | undefined;
  beforeAll(async () => {
    if (peerPath('versitygw') !== undefined) server = await startVersity(options);
  });
  beforeEach(({ onTestFailed }) => {
    onTestFailed(() => {
      const said = server?.stderr() ?? '';
      if (said !== '') console.error(`versitygw said: ${said}`);
    });
  });
  afterAll(() => server?.stop());
  return () => {
    if (server === undefined) throw new Error('versitygw is missing: run node scripts/setup-peers.mjs');
    return server;
  };
}
