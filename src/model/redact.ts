/**
 * What must not be shown, taken out of texts that are: credentials in addresses out of every text, and out of what others
 * have written (a server, the SDK, a credential program) all that looks like a key, a token or a signature. Knows no
 * secret by value; may hide more than it must.
 */

const HIDDEN = '***';
// Looked for at the beginning of a word only, so that a long one takes no time.
const SCHEME = '(?<![a-z0-9+.-])[a-z0-9+.-]+:\\/\\/';

/** Each match is replaced; `$1` stays. */
type Pattern = readonly [RegExp, string];

const ADDRESSES: readonly Pattern[] = [
  // A password may hold a `/` that nobody encoded; a port in its place is none.
  [new RegExp(`(${SCHEME})[^\\s/?#@:]+:(?!\\d+(?:[/?#\\s]|$))[^\\s"'@]*@`, 'gi'), `$1${HIDDEN}@`],
  [new RegExp(`(${SCHEME})[^\\s/?#@]+@`, 'gi'), `$1${HIDDEN}@`],
  [
    /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)=)[^&\s"']+/gi,
    `$1${HIDDEN}`,
  ],
];

const SECRETS: readonly Pattern[] = [
  [/(\bhttps?:\/\/[^\s?"'<>]+\?)[^\s"'<>]+/gi, `$1${HIDDEN}`],
  [/AWS4-[A-Z0-9-]+-SHA256\b.*/gi, HIDDEN],
  [
    /((?<![\w-])[\w-]*(?:signature|credential|secret|password|token|access_?key(?:_?id)?)[\w-]*["']?\s*[=:]\s*["']?)[^\s&,;"'<>]+/gi,
    `$1${HIDDEN}`,
  ],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, HIDDEN],
  [/\b[0-9a-f]{64}\b/gi, HIDDEN],
  [/(?<![\w/+=])[\w/+]{40}={0,2}(?![\w/+=])/g, HIDDEN],
  [/[\w/+]{100,}={0,2}/g, HIDDEN],
];

/** Of more than this the rest is dropped: nobody reads it, and patterns take their time. */
const MAX_CHARS = 16_384;

/** `text` of our own with `***` in place of every credential in an address. */
export function redactAddresses(text: string): string {
  return replaced(text, ADDRESSES);
}

/** `text` of somebody else without anything that looks like a secret. Give it line by line: what is hidden may reach to the end of a line. */
export function redactForeign(text: string): string {
  return replaced(redactAddresses(text.slice(0, MAX_CHARS)), SECRETS);
}

/** {@link redactForeign} for the stack of an error of somebody else: its message may say anything, its frames are places in code. */
export function redactStack(stack: string): string {
  // It begins with the error's name, and the name of a secret may be part of that.
  const name = /^[A-Z]\w*: /.exec(stack)?.[0] ?? '';
  const lines = stack.slice(name.length, MAX_CHARS).split('\n');
  return (
    name + lines.map((line) => (FRAME.test(line) ? redactAddresses(line) : redactForeign(line))).join('\n')
  );
}

const FRAME = /^\s+at /;

function replaced(text: string, patterns: readonly Pattern[]): string {
  return patterns.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), text);
}
