/**
 * Makes a foreign text fit for an error message: one line, short, and without anything that
 * looks like a key, a token, a signature or a signed URL. Pure; it knows no secret by value.
 */

const HIDDEN = '***';
const MAX_CHARS = 300;

/** Each match is replaced; `$1` is the name that stays. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256)\b.*/gi, HIDDEN],
  [
    /(\b(?:x-amz-(?:signature|credential|security-token)|signature|credential))\s*[=:]\s*[^\s&,;"'<>]+/gi,
    `$1=${HIDDEN}`,
  ],
  [
    /("?\b(?:aws_?)?(?:secret_?access_?key|session_?token|security_?token|access_?key_?id|secret|password|token)"?\s*[=:]\s*)"?[^\s&,;"'<>]+"?/gi,
    `$1${HIDDEN}`,
  ],
  [/(\bhttps?:\/\/)[^\s/@"'<>]+@/gi, `$1${HIDDEN}@`],
  [/(\bhttps?:\/\/[^\s?"'<>]+)\?[^\s"'<>]+/gi, `$1?${HIDDEN}`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, HIDDEN],
  [/\b[0-9a-f]{64}\b/gi, HIDDEN],
  [/(?<![\w/+=])[\w/+]{40}={0,2}(?![\w/+=])/g, HIDDEN],
  [/[\w/+]{100,}={0,2}/g, HIDDEN],
];

/** `text` without secrets, control characters and line breaks, at most 300 characters. */
export function redact(text: string): string {
  const line = text
    .slice(0, 8192)
    .replace(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  const safe = SECRETS.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), line);
  return safe.length > MAX_CHARS ? `${safe.slice(0, MAX_CHARS)}…` : safe;
}
