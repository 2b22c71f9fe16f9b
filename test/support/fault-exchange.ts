/** One request through the fault proxy: passed to the server and back, with the fault that struck it. */
import { once } from 'node:events';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Ending, Fault } from './fault.js';
import { passBody } from './fault-body.js';
import type { ProxyConnection } from './fault-connection.js';
import type { OpenRequest } from './fault-log.js';
import { authorizationFor, type SigningKeys } from './sign-again.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: ProxyConnection;
  readonly fault: Fault;
  readonly log: OpenRequest;
  /** For faults that change signed headers. */
  readonly keys: SigningKeys;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** Resolves when the exchange is over, however it ended. */
export async function runExchange(exchange: Exchange): Promise<void> {
  const { fault, connection } = exchange;
  try {
    if (fault.latencyMs !== undefined) await sleep(fault.latencyMs, undefined, { signal: connection.gone });
    if (fault.answer !== undefined) await answerInstead(exchange, fault.answer);
    else await askServer(exchange);
  } catch {
    // The client or the server has gone away: the other one has to notice.
    connection.end('reset');
  }
  connection.rest();
}

async function answerInstead(exchange: Exchange, answer: Answer | Ending): Promise<void> {
  const { request, response, fault } = exchange;
  if (typeof answer === 'string') return endConnection(exchange, answer);
  if (fault.readsBody !== false) {
    if (exchange.expectsContinue) response.writeContinue();
    for await (const chunk of bytesOf(request)) exchange.log.requestBytes += chunk.length;
  } else request.resume();
  await give(exchange, answer);
}

async function askServer(exchange: Exchange): Promise<void> {
  const { request, response, connection, fault, log } = exchange;
  const upstream = connection.ask(log.method, request.url ?? '/', headersFor(exchange));
  upstream.on('continue', () => response.writeContinue());
  const answered = answerOf(upstream);
  upstream.flushHeaders();
  const sending = sendBody(exchange, upstream);
  const first = async (): Promise<IncomingMessage | 'cut'> => (await sending) ?? answered;
  const answer = await Promise.race([answered, first()]);
  if (answer !== 'cut') await handleAnswer(exchange, answer);
  if ((await sending) !== 'cut') return;
  upstream.destroy();
  endConnection(exchange, fault.request?.ending ?? 'reset');
}

async function handleAnswer(exchange: Exchange, answer: IncomingMessage): Promise<void> {
  const { replace } = exchange.fault;
  exchange.log.serverStatus = answer.statusCode ?? 0;
  if (replace === undefined) return passAnswer(exchange, answer);
  for await (const _ of answer); // read to its end: the server is done
  if (typeof replace === 'string') endConnection(exchange, replace);
  else await give(exchange, replace);
}

/** Never rejects: a server that answers early may close what it does not read, and its answer still counts. */
async function sendBody(exchange: Exchange, upstream: ClientRequest): Promise<'cut' | undefined> {
  const { request, connection, fault, log } = exchange;
  const onBytes = (bytes: number): void => {
    log.requestBytes += bytes;
  };
  const totalBytes = lengthOf(request);
  const passage = { fault: fault.request ?? {}, totalBytes, gone: connection.gone, onBytes };
  try {
    if ((await passBody(bytesOf(request), upstream, passage)) === 'cut') return 'cut';
    upstream.end();
  } catch {
    if (connection.gone.aborted) upstream.destroy();
    else request.resume();
  }
  return undefined;
}

async function passAnswer(exchange: Exchange, answer: IncomingMessage): Promise<void> {
  const { response, connection, fault, log } = exchange;
  const hidden = new Set(['keep-alive', ...(fault.withoutResponseHeaders ?? [])]);
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, pairs(answer.rawHeaders, hidden));
  response.flushHeaders();
  log.status = answer.statusCode ?? 0;
  const onBytes = (bytes: number): void => {
    log.responseBytes += bytes;
  };
  const passage = {
    fault: fault.response ?? {},
    totalBytes: lengthOf(answer),
    gone: connection.gone,
    onBytes,
  };
  const end = await passBody(bytesOf(answer), response, passage);
  if (end === 'whole') return finish(response);
  answer.destroy();
  endConnection(exchange, fault.response?.ending ?? 'reset');
}

async function give({ request, response, log }: Exchange, answer: Answer): Promise<void> {
  const body = request.method === 'HEAD' ? '' : (answer.body ?? '');
  const length = request.method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) };
  response.writeHead(answer.status, { date: new Date().toUTCString(), ...length, ...answer.headers });
  response.write(body);
  log.status = answer.status;
  log.responseBytes += Buffer.byteLength(body);
  await finish(response);
}

function endConnection({ request, connection }: Exchange, how: Ending): void {
  if (how === 'close') request.resume();
  connection.end(how);
}

/** What goes to the server: as it came, except for what the fault takes and adds. */
function headersFor({ request, fault, keys, log }: Exchange): string[] {
  const raw = withLength(request);
  if (fault.withoutHeaders === undefined && fault.withHeaders === undefined) return raw;
  const headers = new Map<string, string>();
  for (let at = 0; at < raw.length; at += 2) headers.set((raw[at] ?? '').toLowerCase(), raw[at + 1] ?? '');
  for (const name of fault.withoutHeaders ?? []) headers.delete(name);
  for (const [name, value] of Object.entries(fault.withHeaders ?? {})) headers.set(name, value);
  if (headers.has('authorization'))
    headers.set('authorization', authorizationFor(log.method, request.url ?? '/', headers, keys));
  return [...headers].flat();
}

/** Without one, Node would send the empty body of a PUT in chunks. */
function withLength({ method, headers, rawHeaders }: IncomingMessage): string[] {
  const has = headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
  return has || (method !== 'PUT' && method !== 'POST') ? rawHeaders : [...rawHeaders, 'content-length', '0'];
}

function pairs(raw: readonly string[], hidden: ReadonlySet<string>): string[] {
  return raw.filter((_, at) => !hidden.has((raw[at - (at % 2)] ?? '').toLowerCase()));
}

function answerOf(upstream: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve);
    upstream.on('error', reject);
  });
}

function bytesOf(message: IncomingMessage): AsyncIterable<Buffer> {
  return message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const text = headers['content-length'];
  return text === undefined ? undefined : Number(text);
}

async function finish(response: ServerResponse): Promise<void> {
  const done = Promise.race([once(response, 'finish'), once(response, 'close')]);
  response.end();
  await done;
}
