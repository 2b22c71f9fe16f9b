/**
 * What the fault proxy can do to one exchange, as plain data. Facets combine: `{ ...latency(50), ...slowDown() }`.
 * S3's own error answers are in `s3-faults.ts`, when a fault applies is in `fault-rules.ts`.
 */

/** How a connection ends instead of an answer: RST, an orderly FIN, or never. */
export type Ending = 'reset' | 'close' | 'stall';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What happens to bytes that stream through. */
export interface BodyFault {
  readonly bytesPerSecond?: number;
  /** Inverts the bytes from here on; the length stays. */
  readonly garbleFrom?: number;
  /** Lets so many bytes through, or (negative) all but so many of `content-length`, and then ends as `ending` says. */
  readonly afterBytes?: number;
  /** Default: `reset`. */
  readonly ending?: Ending;
}

export interface Fault {
  /** Wait before anything else. */
  readonly latencyMs?: number;
  /** Header names, lower case, that the server does not get to see. The request is signed again. */
  readonly withoutHeaders?: readonly string[];
  /** Headers that the server gets in addition or instead. The request is signed again. */
  readonly withHeaders?: Readonly<Record<string, string>>;
  /** Instead of asking the server. */
  readonly answer?: Answer | Ending;
  /** With `answer`: whether the request's body is read first, as S3 mostly does. Default: `true`. */
  readonly readsBody?: boolean;
  /** After the server has carried out the request and answered: what the client gets instead. */
  readonly replace?: Answer | Ending;
  readonly request?: BodyFault;
  readonly response?: BodyFault;
  /** Header names, lower case, that the client does not get to see. */
  readonly withoutResponseHeaders?: readonly string[];
}

/** The answer is late. */
export const latency = (latencyMs: number): Fault => ({ latencyMs });
/** The connection ends before the server is asked. */
export const drop = (how: Ending = 'reset'): Fault => ({ answer: how });
/** The server carries the request out, but its answer is lost. */
export const loseAnswer = (how: Ending = 'reset'): Fault => ({ replace: how });
/** The connection ends when so many bytes of the request's body have been passed on. */
export const cutRequest = (afterBytes: number, how: Ending = 'reset'): Fault => ({
  request: { afterBytes, ending: how },
});
/** The connection ends when so many bytes of the answer's body have been passed on; negative: so many before its end. */
export const cutResponse = (afterBytes: number, how: Ending = 'reset'): Fault => ({
  response: { afterBytes, ending: how },
});
export const throttleRequest = (bytesPerSecond: number): Fault => ({ request: { bytesPerSecond } });
export const throttleResponse = (bytesPerSecond: number): Fault => ({ response: { bytesPerSecond } });
/** Right length, wrong bytes. */
export const garbleRequest = (garbleFrom = 0): Fault => ({ request: { garbleFrom } });
export const garbleResponse = (garbleFrom = 0): Fault => ({ response: { garbleFrom } });
/** The server never sees these headers: a store that ignores them. */
export const ignoreHeaders = (...withoutHeaders: readonly string[]): Fault => ({ withoutHeaders });
