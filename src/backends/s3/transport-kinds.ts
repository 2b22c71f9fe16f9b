/**
 * What it means that no answer came: sockets, names, certificates, timeouts (spec/storage.md
 * 2.4). Reads errors of Node, undici and the SDK by code and name. Pure tables.
 */
import type { StorageErrorKind } from '../../model/errors.js';

export interface TransportVerdict {
  readonly kind: StorageErrorKind | 'Cancelled';
  /** The most telling code that was found. */
  readonly code?: string;
  readonly text: string;
  readonly retryable: boolean;
  readonly about?: 'certificate' | 'proxy' | 'openFiles';
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was reset',
  ECONNREFUSED: 'the connection was refused',
  ECONNABORTED: 'the connection was aborted',
  EPIPE: 'the connection was closed while sending',
  EHOSTUNREACH: 'the host cannot be reached',
  EHOSTDOWN: 'the host is down',
  ENETUNREACH: 'the network cannot be reached',
  ENETDOWN: 'the network is down',
  ENETRESET: 'the network was reset',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EADDRNOTAVAIL: 'no local port is free',
  ENOBUFS: 'the system has no buffers left',
  EPROTO: 'the TLS handshake failed; https:// may meet a store that speaks http://',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was closed early',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CLOSED: 'the connection was closed',
  UND_ERR_DESTROYED: 'the connection was closed',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended early',
  UND_ERR_RESPONSE_STATUS_CODE: 'the answer cannot be read',
};

const TIMEOUTS: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'no connection in time',
  ESOCKETTIMEDOUT: 'no answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  TimeoutError: 'no answer in time',
};

const CERTIFICATE =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_|ERR_TLS_CERT_)/;
const PROXY = /\bproxy\b.*\b(?:response|40[37]|50\d|tunnel)/i;
const CANCELLED = new Set(['AbortError', 'UND_ERR_ABORTED', 'ABORT_ERR', 'ERR_CANCELED']);
const TLS = /^(?:ERR_SSL_|ERR_TLS_)/;
const PARSER = /^HPE_/;
const OPEN_FILES = new Set(['EMFILE', 'ENFILE']);

/** The meaning of a failure without an answer; the first link of its chain of causes that is known decides. */
export function transportVerdict(cause: unknown): TransportVerdict {
  const links = [...chain(cause)];
  const proxy = links.find(({ message }) => PROXY.test(message));
  if (proxy)
    return { kind: 'Network', text: 'the proxy refused the connection', retryable: true, about: 'proxy' };
  const names = links.flatMap(({ code, name }) => [code, name]).filter((name) => name !== undefined);
  for (const name of names) {
    const verdict = byName(name);
    if (verdict) return { ...verdict, code: name };
  }
  const code = links.find((link) => link.code !== undefined)?.code;
  return {
    kind: 'Network',
    text: 'the request failed',
    retryable: false,
    ...(code !== undefined && { code }),
  };
}

function byName(name: string): TransportVerdict | undefined {
  if (CANCELLED.has(name))
    return { kind: 'Cancelled', text: 'the store call was cancelled', retryable: false };
  const timeout = TIMEOUTS[name];
  if (timeout !== undefined) return { kind: 'Timeout', text: timeout, retryable: true };
  if (OPEN_FILES.has(name))
    return { kind: 'LocalIo', text: 'too many files are open', retryable: true, about: 'openFiles' };
  if (CERTIFICATE.test(name))
    return {
      kind: 'Network',
      text: 'the certificate is not trusted',
      retryable: false,
      about: 'certificate',
    };
  if (TLS.test(name))
    return network('the TLS handshake failed; https:// may meet a store that speaks http://');
  if (PARSER.test(name)) return network('the answer is no HTTP');
  // An error of a socket wraps the errno of the system, which says more.
  const text = NETWORK[name];
  return text === undefined ? undefined : network(text);
}

function network(text: string): TransportVerdict {
  return { kind: 'Network', text, retryable: true };
}

interface Link {
  readonly code?: string;
  readonly name?: string;
  readonly message: string;
}

/** An error and what caused it, the innermost first: a socket error wraps the errno of the system, which says more. */
function* chain(error: unknown, depth = 0): Generator<Link> {
  if (typeof error !== 'object' || error === null || depth > 8) return;
  const { code, name, message, cause, errors } = error as Record<string, unknown>;
  if (Array.isArray(errors)) yield* chain(errors[0], depth + 1);
  yield* chain(cause, depth + 1);
  yield {
    ...(typeof code === 'string' && { code }),
    ...(typeof name === 'string' && { name }),
    message: typeof message === 'string' ? message : '',
  };
}
