/** One HTTP answer: status, headers, and the text of a body that nobody else took. Knows no S3. */

export class AnswerHeaders {
  /** Name, value, name, value, as they came. */
  constructor(private readonly raw: readonly Buffer[]) {}

  /** Value of the first header of that lower-case name. */
  get(name: string): string | undefined {
    for (let at = 0; at + 1 < this.raw.length; at += 2) {
      const own = this.raw[at];
      if (own?.length !== name.length || own.toString('latin1').toLowerCase() !== name) continue;
      return this.raw[at + 1]?.toString('latin1');
    }
    return undefined;
  }

  /** Every header as lower-case name and value. */
  *entries(): Generator<[string, string]> {
    for (let at = 0; at + 1 < this.raw.length; at += 2) {
      yield [
        this.raw[at]?.toString('latin1').toLowerCase() ?? '',
        this.raw[at + 1]?.toString('latin1') ?? '',
      ];
    }
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The body, or the beginning of a long one, unless a receiver took it. */
  readonly text: string;
  /** Whether the connection had served another request before. */
  readonly reused: boolean;
}

/** Takes the body of an answer with status 2xx, piece by piece. */
export interface Receiver {
  /** `false` holds the body back until `resume` is called, not before this call has returned. A throw ends the request with that error. */
  data(piece: Buffer): boolean;
}

/** Chooses who takes the body; `undefined` leaves it as the answer's text. */
export type Receive = (status: number, headers: AnswerHeaders, resume: () => void) => Receiver | undefined;
