/**
 * A private certificate authority and one server certificate of it, for servers on this machine. Made once per
 * test file, in memory and as files (`caFile` is what `AWS_CA_BUNDLE` and `caBundle` take).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { tempDir } from './temp-dir.js';

/** Domain of virtual-hosted buckets: `BUCKET.s3.localhost`. Nothing has to resolve it, see `S3Settings.lookup`. */
export const VIRTUAL_DOMAIN = 's3.localhost';

export interface Certificates {
  /** PEM texts. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** The same as absolute paths. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

let made: Promise<Certificates> | undefined;

export function certificates(): Promise<Certificates> {
  made ??= make();
  return made;
}

async function make(): Promise<Certificates> {
  const authority = await newAuthority();
  const server = await newServer(authority);
  const folder = tempDir('ca');
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    ca: authority.cert,
    cert: server.cert,
    key: server.private,
    caFile: file('ca.pem', authority.cert),
    certFile: file('server.pem', server.cert),
    keyFile: file('server.key', server.private),
  };
}

type Pair = { readonly cert: string; readonly private: string };

function newAuthority(): Promise<Pair> {
  return generate([{ name: 'commonName', value: 'rx-attachments test authority' }], {
    ...COMMON,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}

function newServer(authority: Pair): Promise<Pair> {
  const names = ['localhost', '*.localhost', VIRTUAL_DOMAIN, `*.${VIRTUAL_DOMAIN}`];
  return generate([{ name: 'commonName', value: 'localhost' }], {
    ...COMMON,
    ca: { cert: authority.cert, key: authority.private },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [...names.map((value) => ({ type: 2 as const, value })), { type: 7, ip: '127.0.0.1' }],
      },
    ],
  });
}

const DAY_MS = 86_400_000;
// Valid since yesterday: tests set clocks back by some hours.
const COMMON = {
  keyType: 'ec',
  algorithm: 'sha256',
  notBeforeDate: new Date(Date.now() - DAY_MS),
  notAfterDate: new Date(Date.now() + 30 * DAY_MS),
} as const;
