/**
 * Signs a request anew (AWS Signature Version 4) after headers were changed on its way: the fault proxy plays stores
 * that never see a header, and the real server behind it checks signatures. Independent of the product's own signer.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** `headers`: lower-case names. The body's hash, the date and the scope stay what the client chose. */
export function authorizationFor(
  method: string,
  target: string,
  headers: ReadonlyMap<string, string>,
  keys: SigningKeys,
): string {
  const former = headers.get('authorization') ?? '';
  const scope = /Credential=[^/]+\/([^,\s]+)/.exec(former)?.[1] ?? '';
  const before = /SignedHeaders=([^,\s]+)/.exec(former)?.[1]?.split(';') ?? [];
  const amz = [...headers.keys()].filter((name) => name.startsWith('x-amz-'));
  const signed = [...new Set([...before, ...amz])].filter((name) => headers.has(name)).sort();
  const canonical = canonicalRequest(method, target, headers, signed);
  const text = ['AWS4-HMAC-SHA256', headers.get('x-amz-date') ?? '', scope, sha256(canonical)].join('\n');
  const signature = hmac(signingKey(keys.secretAccessKey, scope), text).toString('hex');
  const credential = `Credential=${keys.accessKeyId}/${scope}`;
  return `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signed.join(';')}, Signature=${signature}`;
}

function canonicalRequest(
  method: string,
  target: string,
  headers: ReadonlyMap<string, string>,
  signed: readonly string[],
): string {
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '' : target.slice(at + 1);
  const pairs = query.split('&').filter((pair) => pair !== '');
  const sorted = pairs.map((pair) => (pair.includes('=') ? pair : `${pair}=`)).sort();
  const lines = signed.map((name) => `${name}:${(headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`);
  const bodyHash = headers.get('x-amz-content-sha256') ?? '';
  return [method, path, sorted.join('&'), lines.join(''), signed.join(';'), bodyHash].join('\n');
}

function signingKey(secret: string, scope: string): Buffer {
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
