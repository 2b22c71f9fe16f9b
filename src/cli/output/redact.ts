/** Takes credentials out of text that is about to be shown: out of addresses everywhere, and out of what others have written by all that they look like. */

// A secret may hold a `/` that nobody encoded; a port in its place is none.
const PASSWORD = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@:]+:(?!\d+(?:[/?#\s]|$))[^\s"'@]*@/gi;
const USER = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi;
const SIGNATURE =
  /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)=)[^&\s"']+/gi;

/** `text` with `***` in place of every credential in a URL. */
export function redact(text: string): string {
  return text.replace(PASSWORD, '$1***@').replace(USER, '$1***@').replace(SIGNATURE, '$1***');
}

/** What looks like a key, a token or a signature; `$1` is the name that stays. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/AWS4-[A-Z0-9-]+-SHA256\b.*/gi, '***'],
  [
    /(\b[\w-]*(?:signature|credential|secret|password|token|access_?key(?:_?id)?)[\w-]*["']?\s*[=:]\s*["']?)[^\s&,;"'<>]+/gi,
    '$1***',
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '***'],
  [/\b[0-9a-f]{64}\b/gi, '***'],
  [/(?<![\w/+=])[\w/+]{40}={0,2}(?![\w/+=])/g, '***'],
  [/[\w/+]{100,}={0,2}/g, '***'],
];

/** More of a stack nobody reads, and patterns take their time. */
const MAX_CHARS = 16_384;

/** The same for the stack of an error of somebody else, whose message may say anything; may hide more than it must. */
export function redactForeign(stack: string): string {
  // It begins with the error's name, and the name of a secret may be part of that.
  const name = /^[A-Z]\w*: /.exec(stack)?.[0] ?? '';
  const lines = redact(stack.slice(name.length, MAX_CHARS)).split('\n');
  return name + lines.map((line) => (/^\s+at /.test(line) ? line : withoutSecrets(line))).join('\n');
}

function withoutSecrets(line: string): string {
  return SECRETS.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), line);
}
