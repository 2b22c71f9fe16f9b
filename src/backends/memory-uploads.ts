/** Uploads in parts of the store in memory: what is sent but not completed. Knows no object. */
import { randomUUID } from 'node:crypto';
import type { Xxh128 } from '../model/hasher.js';
import { compareCodePoints } from '../model/order.js';
import { checkPartList, checkPartNumber, type Details, invalidPart, PAGE_SIZE } from './contract.js';
import { noSuchUpload, type ObjectSubject } from './errors.js';
import type { MultipartInfo, Part } from './storage-client.js';

interface Upload {
  readonly bucket: string;
  readonly info: MultipartInfo;
  readonly details: Details | undefined;
  readonly parts: Map<number, { readonly data: Uint8Array; readonly etag: string }>;
}

export class MemoryUploads {
  readonly #uploads = new Map<string, Upload>();

  constructor(
    private readonly hash: Xxh128,
    private readonly now: () => number,
  ) {}

  create(bucket: string, key: string, details: Details | undefined): string {
    const uploadId = randomUUID();
    const info = { key, uploadId, initiated: this.now() / 1000 };
    this.#uploads.set(uploadId, { bucket, info, details, parts: new Map() });
    return uploadId;
  }

  put(subject: ObjectSubject, uploadId: string, partNumber: number, data: Uint8Array): Part {
    checkPartNumber(partNumber, subject);
    const upload = this.#find(subject, uploadId);
    const etag = `"${this.hash.oneShot(data)}"`;
    upload.parts.set(partNumber, { data: Uint8Array.from(data), etag });
    return { partNumber, etag };
  }

  /** The bytes of all parts; the upload stays, for a completion may still be refused. */
  join(
    subject: ObjectSubject,
    uploadId: string,
    parts: readonly Part[],
  ): { data: Uint8Array; details: Details | undefined } {
    const upload = this.#find(subject, uploadId);
    checkPartList(parts, subject);
    const pieces = parts.map(({ partNumber, etag }) => {
      const stored = upload.parts.get(partNumber);
      if (stored?.etag !== etag) throw invalidPart(partNumber, subject);
      return stored.data;
    });
    return { data: Buffer.concat(pieces), details: upload.details };
  }

  drop(bucket: string, key: string, uploadId: string): void {
    const upload = this.#uploads.get(uploadId);
    if (upload?.bucket === bucket && upload.info.key === key) this.#uploads.delete(uploadId);
  }

  *list(bucket: string, prefix: string): Iterable<readonly MultipartInfo[]> {
    const found = [...this.#uploads.values()]
      .filter((upload) => upload.bucket === bucket && upload.info.key.startsWith(prefix))
      .map(({ info }) => info)
      .sort((a, b) => compareCodePoints(a.key, b.key));
    for (let at = 0; at < found.length; at += PAGE_SIZE) yield found.slice(at, at + PAGE_SIZE);
  }

  #find(subject: ObjectSubject, uploadId: string): Upload {
    const upload = this.#uploads.get(uploadId);
    if (upload?.bucket !== subject.bucket || upload.info.key !== subject.key) throw noSuchUpload(subject);
    return upload;
  }
}
