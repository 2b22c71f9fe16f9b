/** Records and warnings for tests of the caches. */
import type { HashQuery, HashRecord } from '../../src/caches/ports.js';

const LONG_AGO_NS = 1_600_000_000_123_456_789n;

/** A record of a file that is old enough to be stored. */
export function hashRecord(overrides: Partial<HashRecord> = {}): HashRecord {
  const mtimeNs = overrides.mtimeNs ?? LONG_AGO_NS;
  return {
    path: '/home/artist/a.txt',
    rangeStart: 0,
    rangeEnd: -1,
    size: 5,
    mtimeNs,
    ctimeNs: mtimeNs,
    hash: 'b5e9c1ad071b3e7fc779cfaa5e523818',
    startedNs: mtimeNs + 10_000_000_000n,
    ...overrides,
  };
}

export function queryOf({ hash: _hash, startedNs: _startedNs, ...query }: HashRecord): HashQuery {
  return query;
}

/** Collects what a cache warns about. */
export function warnings() {
  const messages: string[] = [];
  return { messages, warn: (message: string) => void messages.push(message) };
}

/** A path from UTF-8 in which lone surrogates are encoded. */
export function surrogatePath(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('latin1');
  const escaped = text.replace(/\xed([\xa0-\xbf])([\x80-\xbf])/g, (_, high: string, low: string) => {
    const code = 0xd000 | ((high.charCodeAt(0) & 0x3f) << 6) | (low.charCodeAt(0) & 0x3f);
    return `\0${code.toString(16)}`;
  });
  return Buffer.from(escaped, 'latin1')
    .toString('utf8')
    .replace(/\0([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
