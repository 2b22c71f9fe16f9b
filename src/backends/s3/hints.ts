/**
 * What the user can do, by situation (spec/storage.md 6.1). Every hint id is one function of
 * what is known; a member that is not known leaves its half-sentence out. Decides nothing else.
 */
import type { StorageErrorKind } from '../../model/errors.js';
import { sizeText } from '../../model/size-text.js';

/** What a hint can name. Every member is optional. */
export interface HintContext {
  readonly bucket?: string;
  readonly key?: string;
  /** Folder of the keys that the call was about. */
  readonly prefix?: string;
  /** Account that was demanded as the bucket's owner. */
  readonly owner?: string;
  /** Profile of the AWS config files. */
  readonly profile?: string;
  readonly region?: string;
  readonly bucketRegion?: string;
  readonly requestId?: string;
  /** Tries and connections, where lowering them helps. */
  readonly maxConnections?: number;
  readonly checkCachePath?: string;
  readonly path?: string;
  readonly neededBytes?: number;
  readonly freeBytes?: number;
  readonly volume?: string;
  readonly user?: string;
  readonly openFiles?: number;
  readonly localTime?: Date;
  readonly serverTime?: Date;
  readonly maxObjectBytes?: number;
  /** The failure is one of a certificate. */
  readonly certificate?: boolean;
  /** The failure is one of the proxy. */
  readonly proxy?: boolean;
}

const HINTS = {
  'denied-put': (c: HintContext) =>
    `${whoIs(c)}; the role needs s3:PutObject (and s3:AbortMultipartUpload) on ${place(c)}${ownership(c)}`,
  'denied-get': (c: HintContext) => `${whoIs(c)}; the role needs s3:GetObject on ${place(c)}${ownership(c)}`,
  'denied-head': (c: HintContext) =>
    `${whoIs(c)}; HEAD needs s3:GetObject on ${place(c)}, and without s3:ListBucket S3 answers 403 instead of 404 for absent objects: both are needed to check what exists${ownership(c)}`,
  'denied-list': (c: HintContext) =>
    `${whoIs(c)}; the role needs s3:ListBucket (and s3:ListBucketMultipartUploads to list uploads) on ${bucket(c)} for ${c.prefix === undefined ? 'this prefix' : `the prefix ${text(c.prefix)}`}${ownership(c)}`,
  owner: (c: HintContext) =>
    `${bucket(c)} exists and you may reach it, but it is owned by another account than ${c.owner ?? 'the expected one'}: fix the name of the bucket, or set the expected owner`,
  'kms-put': (c: HintContext) =>
    `${bucket(c)} is encrypted with a customer key: allow kms:GenerateDataKey and kms:DescribeKey (for multipart uploads kms:Decrypt too) in the role and in the key's policy`,
  'kms-get': (c: HintContext) =>
    `objects of ${bucket(c)} are encrypted with a customer key: allow kms:Decrypt and kms:DescribeKey in the role and in the key's policy`,
  'kms-key-state': () =>
    'the encryption key is disabled, deleted or pending deletion: restore it, or change the encryption of the bucket',
  'bucket-missing': (c: HintContext) =>
    `the queue names a bucket that does not exist here: check its name, region${c.region === undefined ? '' : ` (now ${c.region})`} and account`,
  'object-missing': (c: HintContext) =>
    `the object was removed, or the S3 check cache of the submitter was out of date and it was never uploaded: on the submitting machine remove ${c.checkCachePath ?? 's3_check_cache.db'} or use the force check, then submit again; look at the lifecycle rules on Data/ too`,
  'manifest-missing': () =>
    "check the ids of farm, queue and job; the job may be older than the bucket's retention",
  throttled: (c: HintContext) =>
    `S3 asks for a lower rate: try again later, or lower maxConnections${c.maxConnections === undefined ? '' : ` (now ${c.maxConnections})`}; many other clients may share the prefix`,
  'service-error': (c: HintContext) =>
    `this is probably on the side of the store: try again later and see the health dashboard of AWS${c.requestId === undefined ? '' : `; quote the request id ${c.requestId}`}`,
  timeout: () =>
    'check the connection, the proxy and the VPN; for large files on slow links raise the idle timeout (idleTimeoutMs)',
  network: (c: HintContext) => {
    if (c.certificate)
      return "the certificate of the store is not trusted: if a proxy or a private store signs its own, name its CA in AWS_CA_BUNDLE (caBundle) or NODE_EXTRA_CA_CERTS; check the endpoint's name and the computer's clock";
    if (c.proxy)
      return 'the proxy refused: check HTTPS_PROXY, HTTP_PROXY and its credentials, or name the host in NO_PROXY';
    return "check the connection, the endpoint's name, the proxy (HTTPS_PROXY, NO_PROXY) and the VPN";
  },
  expired: (c: HintContext) =>
    `sign in again${profile(c, ' with ')}, or refresh the credentials of the queue; completed files are kept: run the command again`,
  'missing-credentials': (c: HintContext) =>
    `sign in${profile(c, ' with ')}, ${c.profile === undefined ? 'set AWS_PROFILE' : 'name another one (AWS_PROFILE)'}, or give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`,
  'bad-credentials': (c: HintContext) =>
    `the access key is wrong or was deleted, or a proxy changed the request: check which credentials are active${profile(c, ' in ')}`,
  clock: (c: HintContext) =>
    `set the clock of this computer${c.localTime && c.serverTime ? `: it says ${c.localTime.toISOString()}, the store says ${c.serverTime.toISOString()}` : ''}`,
  region: (c: HintContext) =>
    c.bucketRegion === undefined
      ? `the bucket is in another region${c.region === undefined ? '' : ` than ${c.region}`}: set the right one`
      : `${bucket(c)} is in the region ${c.bucketRegion}: set it`,
  archived: () => 'the object is in an archive tier: restore it, and exclude Data/ from rules that archive',
  'file-changed': () =>
    'the file was modified after it was hashed: close the program that writes it and submit again',
  'no-space': (c: HintContext) => space(c),
  disk: (c: HintContext) => space(c),
  'read-only': (c: HintContext) =>
    `${c.path === undefined ? 'the directory' : text(c.path)} is not writable for ${c.user === undefined ? 'the current user' : `the user ${c.user}`}: change its owner or mode, or choose another one`,
  'too-many-files': (c: HintContext) =>
    `raise the limit of open files${c.openFiles === undefined ? ' (`ulimit -n` shows it)' : `, which is ${c.openFiles}`}, or lower the number of parallel files`,
  'too-large': (c: HintContext) =>
    `S3 takes objects of at most ${sizeText(c.maxObjectBytes ?? 5 * 1024 ** 4)}: use the chunked manifest format`,
  'bad-request-head': () =>
    'these are usually expired or malformed credentials, or the KMS settings; HEAD hides the reason: repeat with debug logging',
} as const satisfies Record<string, (context: HintContext) => string>;

export type HintId = keyof typeof HINTS;
export const HINT_IDS = Object.keys(HINTS) as readonly HintId[];

/** The text of a hint. */
export function hintFor(id: HintId, context: HintContext = {}): string {
  return HINTS[id](context);
}

const BY_KIND: Partial<Record<StorageErrorKind, HintId>> = {
  BucketNotFound: 'bucket-missing',
  BucketOwnerMismatch: 'owner',
  KmsKeyUnavailable: 'kms-key-state',
  ExpiredCredentials: 'expired',
  MissingCredentials: 'missing-credentials',
  InvalidCredentials: 'bad-credentials',
  ClockSkew: 'clock',
  WrongRegion: 'region',
  Throttled: 'throttled',
  ServiceError: 'service-error',
  Timeout: 'timeout',
  Network: 'network',
  ChecksumMismatch: 'file-changed',
  FileChanged: 'file-changed',
  ArchivedObject: 'archived',
  ObjectTooLarge: 'too-large',
  NoSpace: 'no-space',
  InsufficientDisk: 'disk',
};

/** What tells which hint a failed call deserves. */
export interface HintSubject {
  readonly kind: StorageErrorKind;
  /** Name of the port's method. */
  readonly operation?: string;
  readonly key?: string;
}

/** The hint of a failed call; `undefined` for one that is an answer, or is handled without the user. */
export function hintIdOf({ kind, operation = '', key = '' }: HintSubject): HintId | undefined {
  if (kind === 'AccessDenied') return deniedHint(operation);
  if (kind === 'KmsAccess') return reads(operation) ? 'kms-get' : 'kms-put';
  if (kind === 'NotFound' && operation.startsWith('get')) {
    return /(?:^|\/)Manifests\//.test(key) ? 'manifest-missing' : 'object-missing';
  }
  if (kind === 'BadRequest') return operation.startsWith('head') ? 'bad-request-head' : undefined;
  return BY_KIND[kind];
}

function deniedHint(operation: string): HintId {
  if (operation.startsWith('head')) return 'denied-head';
  if (operation.startsWith('get')) return 'denied-get';
  return operation.startsWith('list') ? 'denied-list' : 'denied-put';
}

function reads(operation: string): boolean {
  return /^(?:get|head)/.test(operation);
}

function whoIs(context: HintContext): string {
  return `check which credentials are active${profile(context, ' in ')}`;
}

function profile({ profile }: HintContext, before: string): string {
  return profile === undefined ? '' : `${before}the profile ${text(profile)}`;
}

function bucket({ bucket }: HintContext): string {
  return bucket === undefined ? 'the bucket' : `the bucket ${text(bucket)}`;
}

function place(context: HintContext): string {
  return context.prefix === undefined
    ? 'this prefix'
    : `the prefix ${text(context.prefix)} of ${bucket(context)}`;
}

function ownership({ owner }: HintContext): string {
  return owner === undefined
    ? ''
    : `; the bucket must belong to the account ${owner}, because its owner is enforced`;
}

function space({ neededBytes, freeBytes, volume }: HintContext): string {
  const where = volume === undefined ? 'the volume that holds the path' : text(volume);
  if (neededBytes === undefined || freeBytes === undefined)
    return `free space on ${where}, or choose another one`;
  return `${sizeText(neededBytes)} are needed and ${sizeText(freeBytes)} are free on ${where}: free space there, or choose another one`;
}

function text(value: string): string {
  return JSON.stringify(value);
}
