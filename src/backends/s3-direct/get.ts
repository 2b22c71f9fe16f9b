/** Reads of objects: what is there, whole ones, ranges, and into local files. Knows not how a request is sent. */
import { constants } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { StorageError } from '../../model/errors.js';
import { checkRange } from '../contract.js';
import { type ObjectSubject, objectError } from '../errors.js';
import { withPartialBody } from '../partial-body.js';
import { contentRange, tellObject } from '../s3/content-range.js';
import { s3Error } from '../s3/failure.js';
import type { CallOptions, HeadResult, RangeOptions } from '../storage-client.js';
import type { TargetRequest } from '../target-file.js';
import type { AnswerHeaders, Receive } from './answer.js';
import type { S3Call, S3Caller } from './caller.js';
import { headOf, lengthOf } from './describe.js';
import { HeaderList } from './header-list.js';
import { FileReceiver, MemoryReceiver } from './receivers.js';

export class Gets {
  constructor(private readonly caller: S3Caller) {}

  async head(subject: ObjectSubject, options: CallOptions = {}): Promise<HeadResult | null> {
    const { signal } = options;
    const call: S3Call = { subject, method: 'HEAD', onObject: true, signal, expects: isAbsent };
    const { status, headers } = await this.caller.call(call);
    if (isAbsent({ status })) return null;
    const size = lengthOf(headers);
    if (size === undefined || !isAboutObject(headers))
      throw s3Error({ httpStatus: status, message: 'it is not about an object' }, subject);
    return headOf(subject.key, size, headers);
  }

  async whole(
    subject: ObjectSubject,
    options: CallOptions = {},
  ): Promise<{ readonly data: Uint8Array; readonly head: HeadResult }> {
    const { bytes, headers } = await this.#memory(subject, new HeaderList(), options, () => {});
    return { data: bytes, head: headOf(subject.key, bytes.length, headers) };
  }

  async range(
    subject: ObjectSubject,
    range: { readonly start: number; readonly end: number },
    options: RangeOptions = {},
  ): Promise<Uint8Array> {
    const { length } = checkRange(range, Number.POSITIVE_INFINITY, subject);
    const headers = new HeaderList();
    if (options.ifMatch !== undefined) headers.add('if-match', options.ifMatch);
    headers.add('range', `bytes=${range.start}-${range.end}`);
    const check = (status: number, answered: AnswerHeaders): void => {
      const announced = lengthOf(answered);
      const all = { start: 0, total: announced };
      const given = status === 206 ? contentRange(answered.get('content-range')) : all;
      if (given?.start !== range.start || (announced ?? length) > length)
        throw s3Error({ httpStatus: status, message: 'it is not the range that was asked for' }, subject);
      tellObject(options.onObject, { size: given.total, etag: answered.get('etag') }, subject);
    };
    return (await this.#memory(subject, headers, options, check)).bytes;
  }

  /** The object's bytes into an open file, from `offset`. */
  async intoFile(
    subject: ObjectSubject,
    target: TargetRequest & { readonly handle: FileHandle; readonly offset: number },
    options: CallOptions = {},
  ): Promise<HeadResult> {
    let receiver: FileReceiver | undefined;
    const receive: Receive = (_status, _headers, resume) => {
      receiver = new FileReceiver(target, target.handle, target.offset, resume, options.onBytes);
      return receiver;
    };
    const { signal, freshConnection } = options;
    const call: S3Call = { subject, method: 'GET', onObject: true, receive, signal, freshConnection };
    try {
      const { headers } = await this.caller.call(call);
      await receiver?.settled();
      return headOf(subject.key, lengthOf(headers) ?? 0, headers);
    } catch (error) {
      await receiver?.settled().catch(() => undefined); // nobody may write to a file that is about to be closed
      throw error;
    }
  }

  async #memory(
    subject: ObjectSubject,
    headers: HeaderList,
    { signal, onBytes, freshConnection }: CallOptions,
    check: (status: number, headers: AnswerHeaders) => void,
  ): Promise<{ bytes: Buffer; headers: AnswerHeaders }> {
    let receiver: MemoryReceiver | undefined;
    let answered: AnswerHeaders | undefined;
    const receive: Receive = (status, found) => {
      check(status, found);
      const announced = lengthOf(found) ?? 0;
      if (announced > constants.MAX_LENGTH) throw tooLarge(announced, subject);
      answered = found;
      receiver = new MemoryReceiver(announced, onBytes);
      return receiver;
    };
    const about = { subject, method: 'GET', onObject: true } as const;
    const call: S3Call = { ...about, headers, receive, signal, freshConnection };
    try {
      const answer = await this.caller.call(call);
      return { bytes: receiver?.bytes ?? Buffer.alloc(0), headers: answer.headers };
    } catch (error) {
      throw answered && receiver ? withArrived(error, subject.key, receiver.bytes, answered) : error;
    }
  }
}

function isAbsent({ status }: { readonly status: number }): boolean {
  return status === 404;
}

/** What every store says of an object, and the page of a captive portal does not; a gateway to plain files may have no ETag. */
function isAboutObject(headers: AnswerHeaders): boolean {
  return headers.get('etag') !== undefined || headers.get('last-modified') !== undefined;
}

/** `error` with what had arrived, so that the rest can be asked for. */
function withArrived(error: unknown, key: string, bytes: Buffer, headers: AnswerHeaders): unknown {
  if (!(error instanceof StorageError) || bytes.length === 0) return error;
  const totalBytes = lengthOf(headers);
  const etag = headers.get('etag');
  return withPartialBody(error, {
    bytes,
    ...(etag !== undefined && { etag }),
    ...(totalBytes !== undefined && { totalBytes, head: headOf(key, totalBytes, headers) }),
  });
}

function tooLarge(size: number, subject: ObjectSubject): Error {
  return objectError('ObjectTooLarge', `${size} bytes are too many to be held in memory`, subject);
}
