/** What a run that is cut short leaves on a store, and how that goes away (spec/storage.md 2.7). */
import type { S3StoreOptions } from '../../index.js';
import { escapeControls } from './escape.js';

type UploadListener = NonNullable<S3StoreOptions['onUpload']>;
type OpenUpload = Parameters<UploadListener>[1];

/** Few large objects travel at once. */
const SHOWN = 20;

const HOW =
  'What was sent of them stays, and costs, until they are aborted: by sweepOrphans(), by "aws s3api abort-multipart-upload", or by a lifecycle rule of the bucket.';

/** The uploads that are under way. */
export class LeftBehind {
  readonly #uploads = new Set<OpenUpload>();

  readonly onUpload: UploadListener = (event, upload) => {
    if (event === 'begun') this.#uploads.add(upload);
    else this.#uploads.delete(upload);
  };

  /** Lines about uploads that nobody will complete or abort when the process ends now; nothing when there are none. */
  text(): string {
    if (this.#uploads.size === 0) return '';
    const lines = [...this.#uploads].slice(0, SHOWN).map(uploadLine);
    const more = this.#uploads.size - lines.length;
    const rest = more > 0 ? [`Not aborted: ${more} more uploads.`] : [];
    return [...lines, ...rest, HOW].map((line) => `${line}\n`).join('');
  }
}

function uploadLine({ bucket, key, uploadId }: OpenUpload): string {
  const line = `Not aborted: upload ${uploadId} of ${JSON.stringify(key)} in bucket ${JSON.stringify(bucket)}.`;
  return escapeControls(line);
}
