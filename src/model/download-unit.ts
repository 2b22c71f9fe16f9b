/** A part of a content on its way from the store. Plain data between the download stages. */
import type { DownloadContent, DownloadDeletion, DownloadDirectory, DownloadLink } from './download-plan.js';

/** Bytes of one object that are fetched by one request. */
export interface FetchUnit {
  readonly kind: 'range';
  /** The same value in every unit of one content. */
  readonly content: DownloadContent;
  /** Units of the content. */
  readonly units: number;
  /** The object, its size, and where in it the unit begins. */
  readonly hash: string;
  readonly objectSize: number;
  readonly objectOffset: number;
  /** Where in the file the unit begins. */
  readonly fileOffset: number;
  readonly length: number;
}

/** A unit with its bytes; those of a whole object are verified. */
export interface FetchedUnit extends FetchUnit {
  readonly bytes: Uint8Array;
}

/** An entry that needs no content passes the fetching stages as it is. */
export type Unfetched = DownloadDirectory | DownloadLink | DownloadDeletion;
