/**
 * What the SDK has no setting for: unsigned payloads, the store's clock, the status that an
 * answer really had, and sockets that must not be used again.
 */
import type { IncomingMessage } from 'node:http';
import type { S3Client as AwsClient } from '@aws-sdk/client-s3';
import type { S3Connection } from '../s3/connection.js';

/** What the SDK hands around as a request; only what is used here. */
interface Request {
  readonly protocol: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

interface Response {
  readonly statusCode: number;
  readonly body?: unknown;
}

const statuses = new WeakMap<object, number>();

/** The status with which the answer came; the SDK makes 503 of a 200 whose body is an error. */
export function sentStatus(response: object): number | undefined {
  return statuses.get(response);
}

export function addMiddleware(client: AwsClient, connection: S3Connection): void {
  followClock(client, connection);
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as Request;
      if (isUnsigned(connection, request)) request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'payloadSigning' }, // before signing
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as Response;
      statuses.set(response, response.statusCode);
      retireSocket(args.request as Request, response);
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'answerAsSent' }, // next to the network
  );
}

/** One clock for the store: the SDK would keep a second correction of its own. */
function followClock(client: AwsClient, connection: S3Connection): void {
  Object.defineProperty(client.config, 'systemClockOffset', {
    get: () => connection.now().getTime() - Date.now(),
    set: () => {},
    enumerable: true,
  });
}

function isUnsigned({ settings }: S3Connection, { protocol }: Request): boolean {
  const { payloadSigning } = settings;
  return payloadSigning === 'never' || (payloadSigning === 'auto' && protocol === 'https:');
}

/** A store that refuses a body may leave the rest of it unread: the next request on that socket would be taken for it. */
function retireSocket(request: Request, { statusCode, body }: Response): void {
  if (statusCode < 400 || !isBody(request.body) || !isMessage(body)) return;
  const { socket } = body; // gone from `body` at its end, when the agent is about to take it back
  body.once('end', () => socket.destroy());
}

function isBody(body: unknown): boolean {
  return body instanceof Uint8Array && body.length > 0;
}

function isMessage(body: unknown): body is IncomingMessage {
  return typeof body === 'object' && body !== null && 'socket' in body && 'once' in body;
}
