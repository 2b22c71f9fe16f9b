/**
 * Percent-encoding as SigV4 has it: every byte of the UTF-8 text but `A-Z a-z 0-9 - . _ ~`, hex digits in
 * upper case. S3 signs what is sent, encoded once; nothing is normalised. Pure.
 */

const PLAIN_KEY = /^[A-Za-z0-9\-._~/]*$/;
/** What `encodeURIComponent` leaves alone and SigV4 does not. */
const LEFT_ALONE = /[!'()*]/g;

/** Whether a key is sent as it is. */
export function isPlainKey(key: string): boolean {
  return PLAIN_KEY.test(key);
}

/** A key as it stands in a request path: `/` stays. Throws `URIError` for a lone surrogate, which no URL can carry. */
export function encodeKey(key: string): string {
  if (isPlainKey(key)) return key;
  return encodeText(key).replaceAll('%2F', '/'); // a `%2F` of the key itself has become `%252F`
}

/** A name or a value of a query. */
export function encodeText(text: string): string {
  return encodeURIComponent(text).replace(
    LEFT_ALONE,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The query of a request, in the order in which it is signed; sent exactly so. */
export function queryText(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).map(
    ([name, value]) => [encodeText(name), encodeText(value)] as const,
  );
  pairs.sort(([a], [b]) => (a < b ? -1 : 1)); // names, which are unique here, before `=` comes in
  return pairs.map(([name, value]) => `${name}=${value}`).join('&');
}
