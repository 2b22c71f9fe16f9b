/**
 * Where the requests for a bucket go. A custom endpoint with path style needs no rules, so the
 * SDK is not loaded for it; everything else is the SDK's answer.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type CheckedS3Settings, checkEndpoint } from './settings.js';
import type { S3Target } from './target.js';

export interface Addresses {
  readonly region: string;
  /** Whether the endpoint is one of AWS. */
  readonly isAws: boolean;
  target(bucket: string): S3Target | Promise<S3Target>;
}

/** The addresses of a store. Rejects with `OptionError` for settings that name none. */
export async function addressesOf(settings: CheckedS3Settings): Promise<Addresses> {
  const plain = await plainEndpoint(settings);
  if (plain) {
    return {
      region: plain.region,
      isAws: isAwsHost(plain.url.hostname),
      target: keeping((bucket) => pathStyle(plain, bucket)),
    };
  }
  const { sdkAddresses } = await import('./sdk-addresses.js');
  const { region, endpoint, target } = await sdkAddresses(settings);
  const isAws = endpoint === undefined || isAwsHost(new URL(endpoint).hostname);
  return { region, isAws, target: remembering(target) };
}

interface PlainEndpoint {
  readonly region: string;
  readonly url: URL;
}

const REAL_REGION = /^[a-z]{2}(?:-[a-z]+)+-\d+$/;

/** Region and endpoint, when both are named outright and leave no rule to apply. */
async function plainEndpoint(settings: CheckedS3Settings): Promise<PlainEndpoint | undefined> {
  const region = settings.region ?? (settings.profile === undefined ? process.env['AWS_REGION'] : undefined);
  if (region === undefined || !REAL_REGION.test(region) || region.includes('fips')) return undefined;
  if (settings.forcePathStyle === false || settings.useFips || settings.useDualstack) return undefined;
  const endpoint = settings.endpoint ?? (await environmentEndpoint(settings));
  return endpoint === undefined ? undefined : { region, url: checkEndpoint('endpoint', endpoint) };
}

/** The endpoint of the environment, unless something may say that it is to be ignored. */
async function environmentEndpoint({ profile }: CheckedS3Settings): Promise<string | undefined> {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS } = process.env;
  const endpoint = AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL;
  if (!endpoint || profile !== undefined || AWS_IGNORE_CONFIGURED_ENDPOINT_URLS !== undefined)
    return undefined;
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = process.env;
  const files = [AWS_CONFIG_FILE || awsFile('config'), AWS_SHARED_CREDENTIALS_FILE || awsFile('credentials')];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.some((text) => text.includes('ignore_configured_endpoint_urls')) ? undefined : endpoint;
}

function awsFile(name: string): string {
  return join(homedir(), '.aws', name);
}

function pathStyle({ region, url }: PlainEndpoint, bucket: string): S3Target {
  const encoded = encodeURIComponent(bucket).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const pathPrefix = `${url.pathname.replace(/\/+$/, '')}/${encoded}`;
  return { origin: url.origin, pathPrefix, signingRegion: region, signingService: 's3' };
}

/** `make`, which makes the target of a bucket once. */
function keeping(make: (bucket: string) => S3Target): (bucket: string) => S3Target {
  const known = new Map<string, S3Target>();
  return (bucket) => {
    const found = known.get(bucket) ?? make(bucket);
    known.set(bucket, found);
    return found;
  };
}

/** `ask`, which is asked once per bucket; no promise once the answer is there. */
function remembering(ask: (bucket: string) => Promise<S3Target>): Addresses['target'] {
  const known = new Map<string, S3Target | Promise<S3Target>>();
  return (bucket) => {
    const found = known.get(bucket);
    if (found) return found;
    const asked = ask(bucket);
    known.set(bucket, asked);
    asked.then(
      (target) => known.set(bucket, target),
      () => known.delete(bucket),
    );
    return asked;
  };
}

/** Domains of AWS's partitions. */
const AWS_DOMAINS = [
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'api.aws'],
  ...['api.amazonwebservices.com.cn', 'api.amazonwebservices.eu'],
  ...['c2s.ic.gov', 'sc2s.sgov.gov', 'csp.hci.ic.gov', 'cloud.adc-e.uk'],
  ...['api.aws.ic.gov', 'api.aws.scloud', 'api.aws.hci.ic.gov', 'api.cloud-aws.adc-e.uk'],
];

/** Whether `host` belongs to a partition of AWS. */
export function isAwsHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return AWS_DOMAINS.some((domain) => name.endsWith(`.${domain}`));
}
