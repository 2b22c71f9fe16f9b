/**
 * AWS Signature Version 4 in a header, as S3 takes it: the path is signed as it is sent, encoded once and not
 * normalised. Pure but for the cache of derived keys; knows no connection and no clock.
 */
import { createHmac, hash } from 'node:crypto';
import type { HeaderList } from './header-list.js';
import { type KeyScope, SigningKeys } from './signing-key.js';

export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded, begins with `/`. */
  readonly path: string;
  /** As {@link queryText} gives it; `''` for none. */
  readonly query: string;
  /** Every header that is signed, `host` among them. */
  readonly headers: HeaderList;
  /** Hex SHA-256 of the body, or `UNSIGNED-PAYLOAD`. */
  readonly payloadHash: string;
}

export interface SigningScope extends KeyScope {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** `20130524T000000Z` */
  readonly stamp: string;
}

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
/** Hex SHA-256 of nothing. */
export const EMPTY_PAYLOAD = hash('sha256', '', 'hex');

export class Signer {
  readonly #keys = new SigningKeys();

  /** Value of the `authorization` header. */
  authorization(request: SignableRequest, scope: SigningScope): string {
    const names = signedNames(request.headers);
    const credentialScope = `${scope.day}/${scope.region}/${scope.service}/aws4_request`;
    const digest = hash('sha256', canonicalRequest(request, names), 'hex');
    const signature = createHmac('sha256', this.#keys.get(scope.secretAccessKey, scope))
      .update(`AWS4-HMAC-SHA256\n${scope.stamp}\n${credentialScope}\n${digest}`)
      .digest('hex');
    return `AWS4-HMAC-SHA256 Credential=${scope.accessKeyId}/${credentialScope}, SignedHeaders=${names}, Signature=${signature}`;
  }
}

/** The text whose digest is signed. */
export function canonicalRequest(request: SignableRequest, names: string): string {
  const { method, path, query, headers, payloadHash } = request;
  let text = `${method}\n${path}\n${query}\n`;
  for (let at = 0; at < headers.flat.length; at += 2) {
    text += `${headers.flat[at]}:${canonicalValue(headers.flat[at + 1] as string)}\n`;
  }
  return `${text}\n${names}\n${payloadHash}`;
}

export function signedNames({ flat }: HeaderList): string {
  let names = flat[0] ?? '';
  for (let at = 2; at < flat.length; at += 2) names += `;${flat[at]}`;
  return names;
}

/** Servers drop outer blanks and see runs of blanks as one. */
function canonicalValue(value: string): string {
  if (!/\s/.test(value)) return value; // nearly all of them
  return /^\s|\s$|\s\s/.test(value) ? value.trim().replace(/\s+/g, ' ') : value;
}
