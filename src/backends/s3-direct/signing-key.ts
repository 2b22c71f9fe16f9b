/** Derived keys of SigV4. Knows no request. */
import { createHmac } from 'node:crypto';

export interface KeyScope {
  /** `20130524` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** Keeps the key of the last scope and secret: four HMACs once a day and refresh, not once a request. */
export class SigningKeys {
  #secret = '';
  #scope = '';
  #key: Buffer = Buffer.alloc(0);

  get(secret: string, { day, region, service }: KeyScope): Buffer {
    const scope = `${day}/${region}/${service}`;
    if (scope !== this.#scope || secret !== this.#secret) {
      this.#key = signingKey(secret, { day, region, service });
      this.#scope = scope;
      this.#secret = secret;
    }
    return this.#key;
  }
}

export function signingKey(secret: string, { day, region, service }: KeyScope): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    Buffer.from(`AWS4${secret}`),
  );
}
