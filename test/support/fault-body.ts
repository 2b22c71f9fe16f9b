/** Passes a body on piece by piece, as a `BodyFault` says, without ever holding more than a piece. */
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyFault } from './fault.js';

export interface Passage {
  readonly fault: BodyFault;
  /** `content-length`, where there is one. */
  readonly totalBytes: number | undefined;
  /** Aborts when there is nobody left to pass anything to. */
  readonly gone: AbortSignal;
  readonly onBytes: (bytes: number) => void;
}

/** `cut`: the limit of the fault is reached and nothing more may be passed on. */
export async function passBody(
  source: AsyncIterable<Buffer>,
  sink: Writable,
  passage: Passage,
): Promise<'whole' | 'cut'> {
  const limit = limitOf(passage);
  let passed = 0;
  if (limit === 0) return 'cut';
  for await (const chunk of source) {
    const piece = garbled(chunk.subarray(0, limit - passed), passed, passage.fault.garbleFrom);
    await write(piece, sink, passage);
    passed += piece.length;
    if (passed >= limit) return 'cut';
  }
  return 'whole';
}

function limitOf({ fault, totalBytes }: Passage): number {
  const { afterBytes } = fault;
  if (afterBytes === undefined) return Number.POSITIVE_INFINITY;
  if (afterBytes >= 0) return afterBytes;
  if (totalBytes === undefined) throw new Error('a negative afterBytes needs a content-length');
  return Math.max(0, totalBytes + afterBytes);
}

function garbled(chunk: Buffer, position: number, from: number | undefined): Buffer {
  if (from === undefined || position + chunk.length <= from) return chunk;
  const copy = Buffer.from(chunk);
  for (let at = Math.max(0, from - position); at < copy.length; at += 1) copy[at] = ~(copy[at] ?? 0) & 0xff;
  return copy;
}

const SLICES_PER_SECOND = 20;

async function write(piece: Buffer, sink: Writable, { fault, gone, onBytes }: Passage): Promise<void> {
  const rate = fault.bytesPerSecond;
  const step = rate === undefined ? piece.length : Math.max(1, Math.floor(rate / SLICES_PER_SECOND));
  for (let at = 0; at < piece.length; at += step) {
    const slice = piece.subarray(at, at + step);
    onBytes(slice.length);
    await written(slice, sink, gone);
    if (rate !== undefined) await sleep((slice.length / rate) * 1000, undefined, { signal: gone });
  }
}

/**
 * Resolves when the sink takes more. Rejects when it, or whoever waits behind it, is gone. Waits for the write itself:
 * a request of Node over TLS does not always tell of `drain` once its answer has come.
 */
function written(slice: Buffer, sink: Writable, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error | null): void => {
      sink.removeListener('close', onGone);
      gone.removeEventListener('abort', onGone);
      if (error === undefined || error === null) resolve();
      else reject(error);
    };
    const onGone = (): void => settle(new Error('nobody takes the body any more'));
    if (gone.aborted || sink.destroyed) return onGone();
    sink.once('close', onGone);
    gone.addEventListener('abort', onGone);
    if (sink.write(slice, settle)) settle();
  });
}
