/** Reads the access log of versitygw: what reached the server, whoever asked. */

export interface LoggedRequest {
  /** The operation as S3 names it, `PutObject`; `-` for a request that was refused before it was understood. */
  readonly operation: string;
  /** Empty when the operation is `-`. */
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  readonly status: number;
  /** `-` when there was none. */
  readonly errorCode: string;
}

// Blanks in keys stand as they are, so that fields cannot be counted: the request target begins at the last ` /`
// before the status, and holds no blank.
const LINE =
  /\] \S+ \S+ \S+ (?:s3_)?(?<operation>\S+) .* (?<path>\/\S*) (?<status>\d{3}) (?<errorCode>.+?) \d+ \d+ \d+ \d+ /;

const METHODS: readonly (readonly [RegExp, string])[] = [
  [/^Head/, 'HEAD'],
  [/^(Get|List)/, 'GET'],
  [/^(Put|Copy|UploadPart|CreateBucket)/, 'PUT'],
  [/^(Create|Complete)Multipart|^DeleteObjects$/, 'POST'],
  [/^(Delete|Abort)/, 'DELETE'],
];

export function parseAccessLog(text: string): LoggedRequest[] {
  return text.split('\n').flatMap((line) => {
    const fields = LINE.exec(line)?.groups;
    if (fields === undefined) return [];
    const { operation = '-', path = '', status = '', errorCode = '-' } = fields;
    return [{ operation, method: methodOf(operation), path, status: Number(status), errorCode }];
  });
}

function methodOf(operation: string): string {
  return METHODS.find(([pattern]) => pattern.test(operation))?.[1] ?? '';
}
