/** GetObject: into memory, whole or a range, and into local files. */
import { checkRange } from '../contract.js';
import { type ContentRange, contentRange, tellObject } from '../s3/content-range.js';
import type { S3Subject } from '../s3/failure.js';
import type { CallOptions, HeadResult, RangeOptions } from '../storage-client.js';
import { type TargetRequest, writeAll, writeIntoFile, writeNewFile } from '../target-file.js';
import { type Body, collect, pour } from './body.js';
import type { Call } from './calls.js';
import { headOf } from './details.js';
import { notAnAnswer } from './failures.js';

export interface Got {
  readonly data: Uint8Array;
  readonly head: HeadResult;
}

export async function getWhole(call: Call, options: CallOptions | undefined): Promise<Got> {
  const answer = await open(call, options);
  const head = headOf(call.subject.key, answer.size ?? 0, answer.output);
  const about = { subject: call.subject, answer: { ...etagOf(answer), head } };
  const data = await collect(answer.body, answer.size, about, options?.onBytes);
  return { data, head: { ...head, size: data.length } };
}

/** `start` to `end`, both inclusive; a store that answers with other bytes has ignored the range. */
export async function getRange(
  call: Call,
  range: { readonly start: number; readonly end: number },
  options: RangeOptions | undefined,
): Promise<Uint8Array> {
  const { subject } = call;
  checkRange(range, Number.POSITIVE_INFINITY, subject);
  const match = options?.ifMatch === undefined ? {} : { IfMatch: options.ifMatch };
  const answer = await open(call, options, { Range: `bytes=${range.start}-${range.end}`, ...match });
  let size: number;
  try {
    const given = checkGiven(contentRange(answer.output.ContentRange), range, subject);
    size = given.end - given.start + 1;
    tellObject(options?.onObject, { size: given.total, ...etagOf(answer) }, subject);
  } catch (error) {
    await leave(answer.body);
    throw error;
  }
  return collect(answer.body, size, { subject, answer: etagOf(answer) }, options?.onBytes);
}

function checkGiven(
  given: ContentRange | undefined,
  asked: { readonly start: number; readonly end: number },
  subject: S3Subject,
): ContentRange {
  if (given?.start === asked.start && given.end <= asked.end) return given;
  throw notAnAnswer('the answer is not the range that was asked for', subject);
}

export async function getToNewFile(
  call: Call,
  path: string,
  options: CallOptions | undefined,
): Promise<HeadResult> {
  const request = { operation: call.subject.operation, path };
  return intoFile(call, request, 0, options, writeNewFile);
}

export async function getIntoFile(
  call: Call,
  path: string,
  offset: number,
  options: CallOptions | undefined,
): Promise<HeadResult> {
  const request = { operation: call.subject.operation, path };
  return intoFile(call, request, offset, options, writeIntoFile);
}

/** The object is asked for first: an absent one must not leave a file, nor hide behind the file's own error. */
async function intoFile(
  call: Call,
  request: TargetRequest,
  offset: number,
  options: CallOptions | undefined,
  withFile: typeof writeNewFile,
): Promise<HeadResult> {
  const answer = await open(call, options);
  try {
    const size = await withFile<number>(request, (handle) =>
      pour(answer.body, answer.size, call.subject, async (piece, position) => {
        await writeAll(request, handle, piece, offset + position);
        options?.onBytes?.(piece.length);
      }),
    );
    return headOf(call.subject.key, size, answer.output);
  } catch (error) {
    await leave(answer.body);
    throw error;
  }
}

async function open(
  call: Call,
  options: CallOptions | undefined,
  more: { readonly Range?: string; readonly IfMatch?: string } = {},
) {
  const { s3, subject, owner, http } = call;
  const client = options?.freshConnection ? await call.fresh() : call.client;
  const command = new s3.GetObjectCommand({ Bucket: subject.bucket, Key: subject.key, ...owner, ...more });
  const output = await client.send(command, http);
  const body = output.Body as Body | undefined;
  if (!body) throw notAnAnswer('the answer has no body', subject);
  return { output, body, size: output.ContentLength };
}

function etagOf({ output }: { readonly output: { readonly ETag?: string | undefined } }) {
  return output.ETag === undefined ? {} : { etag: output.ETag };
}

/** Gives up a body that nobody will read, and its connection. */
async function leave(body: Body): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}
