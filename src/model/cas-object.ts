/** A content-addressed object on its way to the store: what it is, and where its bytes are. */

/** Where an object's bytes are found. */
export type CasSource =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'file';
      /** Absolute, links resolved. */
      readonly path: string;
      /** First byte. */
      readonly offset: number;
      /** Bytes. */
      readonly length: number;
      /** The range is the whole file, so that a file that grew is noticed. */
      readonly whole: boolean;
    };

export interface CasObject {
  /** 32 lowercase hex digits; part of the key. */
  readonly hash: string;
  /** Bytes. */
  readonly size: number;
  readonly source: CasSource;
}
