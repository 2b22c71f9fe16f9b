/**
 * Uploads in parts of the directory store: a folder each below `.ja-multipart`, outside
 * every key, with `upload.json` and a file per part. A part's etag is its digest, checked
 * when the parts are joined. Knows no objects: the joined bytes go where the caller says.
 */
import { randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Xxh128 } from '../../model/hasher.js';
import { errnoOf } from '../../model/local-io.js';
import { compareCodePoints } from '../../model/order.js';
import { throwIfAborted } from '../cancel.js';
import { checkPartList, checkPartNumber, type Details, invalidPart, PAGE_SIZE } from '../contract.js';
import { noSuchUpload, type ObjectSubject } from '../errors.js';
import type { MultipartInfo, Part } from '../storage-client.js';
import type { FileCalls } from './file-calls.js';
import type { Folders } from './folders.js';
import { UPLOADS_FOLDER } from './keys.js';
import type { Publisher } from './publish.js';

const UPLOAD_ID = /^[0-9a-f-]{36}$/;

interface UploadText {
  readonly key: string;
  readonly initiatedMs: number;
  readonly details?: Details;
}

export class Uploads {
  readonly #folder: string;

  constructor(
    folders: Folders,
    private readonly publisher: Publisher,
    private readonly calls: FileCalls,
    private readonly hash: Xxh128,
    private readonly now: () => number,
  ) {
    this.#folder = join(folders.root, UPLOADS_FOLDER);
  }

  async create(key: string, details: Details | undefined): Promise<string> {
    const uploadId = randomUUID();
    const upload: UploadText = { key, initiatedMs: this.now(), ...(details && { details }) };
    await this.#put(`${this.#folder}/${uploadId}/upload.json`, Buffer.from(JSON.stringify(upload)));
    return uploadId;
  }

  async put(
    subject: ObjectSubject,
    uploadId: string,
    part: { partNumber: number; data: Uint8Array },
    signal: AbortSignal | undefined,
  ): Promise<Part> {
    const { partNumber, data } = part;
    checkPartNumber(partNumber, subject);
    await this.details(subject, uploadId);
    const etag = `"${this.hash.oneShot(data)}"`;
    await this.#put(this.#part(uploadId, partNumber), data, signal);
    // An upload that was dropped meanwhile has come to life again with this part.
    await this.details(subject, uploadId).catch(async (error: unknown) => {
      await this.#remove(uploadId);
      throw error;
    });
    return { partNumber, etag };
  }

  /** What the upload's object will carry. Throws `NoSuchUpload`. */
  async details(subject: ObjectSubject, uploadId: string): Promise<Details | undefined> {
    const upload = UPLOAD_ID.test(uploadId) ? await this.#read(uploadId) : undefined;
    if (upload?.key !== subject.key) throw noSuchUpload(subject);
    return upload.details;
  }

  /** Reads the parts in order. Throws `InvalidMultipart` for one that was not stored so. */
  async join(
    subject: ObjectSubject,
    upload: { uploadId: string; parts: readonly Part[]; signal: AbortSignal | undefined },
    consume: (piece: Uint8Array) => Promise<void>,
  ): Promise<void> {
    checkPartList(upload.parts, subject);
    for (const { partNumber, etag } of upload.parts) {
      throwIfAborted(upload.signal);
      const data = await this.calls.readFile(this.#part(upload.uploadId, partNumber)).catch(ignoreAbsent);
      if (data === undefined || `"${this.hash.oneShot(data)}"` !== etag)
        throw invalidPart(partNumber, subject);
      await consume(data);
    }
  }

  async drop(subject: ObjectSubject, uploadId: string): Promise<void> {
    const upload = UPLOAD_ID.test(uploadId) ? await this.#read(uploadId) : undefined;
    if (upload?.key === subject.key) await this.#remove(uploadId);
  }

  async *list(prefix: string): AsyncGenerator<readonly MultipartInfo[]> {
    const ids = ((await readdir(this.#folder).catch(ignoreAbsent)) ?? []).filter((id) => UPLOAD_ID.test(id));
    const found: MultipartInfo[] = [];
    for (const uploadId of ids) {
      const upload = await this.#read(uploadId);
      if (!upload?.key.startsWith(prefix)) continue;
      found.push({ key: upload.key, uploadId, initiated: upload.initiatedMs / 1000 });
    }
    found.sort((a, b) => compareCodePoints(a.key, b.key));
    for (let at = 0; at < found.length; at += PAGE_SIZE) yield found.slice(at, at + PAGE_SIZE);
  }

  async #read(uploadId: string): Promise<UploadText | undefined> {
    const text = await this.calls
      .readFile(`${this.#folder}/${uploadId}/upload.json`, 'utf8')
      .catch(ignoreAbsent);
    return text === undefined ? undefined : (JSON.parse(text) as UploadText);
  }

  /** The description goes first, so that no call takes a half removed upload for a live one. */
  async #remove(uploadId: string): Promise<void> {
    await this.calls.unlink(`${this.#folder}/${uploadId}/upload.json`).catch(ignoreAbsent);
    await rm(`${this.#folder}/${uploadId}`, { recursive: true, force: true, maxRetries: 3 });
  }

  async #put(path: string, data: Uint8Array, signal?: AbortSignal): Promise<void> {
    await this.publisher.write({ path, ifAbsent: false, signal }, (write) => write(data, 0));
  }

  #part(uploadId: string, partNumber: number): string {
    return `${this.#folder}/${uploadId}/${partNumber}`;
  }
}

function ignoreAbsent(error: unknown): undefined {
  const errno = errnoOf(error);
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw error;
}
