/**
 * null-s3 for tests of size: a sink that speaks S3, checks nothing and keeps nothing but sizes, so that a hundred
 * gigabytes need no disk. What it was sent is counted by kind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll } from 'vitest';
import type { S3Settings } from '../../src/backends/s3/settings.js';
import { peer, peerPath } from '../support/peers.js';

export interface NullS3Counts {
  readonly put: number;
  readonly part: number;
  readonly head: number;
  readonly get: number;
  readonly list: number;
  readonly putBytes: number;
}

export interface NullS3 {
  readonly endpoint: string;
  settings(): S3Settings;
  /** Variables for the command line. */
  env(): Record<string, string>;
  counts(): Promise<NullS3Counts>;
  /** Forgets objects and counts. */
  reset(): Promise<void>;
}

const KEYS = { accessKeyId: '123456789012', secretAccessKey: 'secretsecret' };

/** One for the tests of the file or `describe`. */
export function useNullS3(): () => NullS3 {
  let running: NullS3 | undefined;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    if (peerPath('null-s3') === undefined) return;
    // It ends when its stdin does, so also when the tests are killed.
    child = spawn(peer('null-s3'), ['-addr', '127.0.0.1:0', '-with-parent'], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    running = nullS3(await endpointOf(child));
  });
  afterAll(() => void child?.stdin?.end());
  return () => {
    if (running === undefined) throw new Error('null-s3 is missing: run node scripts/setup-peers.mjs');
    return running;
  };
}

async function endpointOf(child: ChildProcess): Promise<string> {
  const [line] = (await once(child.stderr?.setEncoding('utf8') ?? child, 'data')) as [string];
  const endpoint = /http:\/\/\S+/.exec(line)?.[0];
  if (endpoint === undefined) throw new Error(`null-s3 said: ${line}`);
  return endpoint;
}

function nullS3(endpoint: string): NullS3 {
  return {
    endpoint,
    settings: () => ({
      ...{ endpoint, region: 'us-east-1', credentials: KEYS, forcePathStyle: true, env: {} },
      payloadSigning: 'never',
    }),
    env: () => ({
      ...{ AWS_ACCESS_KEY_ID: KEYS.accessKeyId, AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey },
      ...{ AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' },
    }),
    counts: async () => (await (await fetch(`${endpoint}/__stats`)).json()) as NullS3Counts,
    reset: async () => {
      await (await fetch(`${endpoint}/__reset`)).text();
    },
  };
}
