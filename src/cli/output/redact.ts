/** Takes credentials out of text that is about to be shown: user and password of a URL, and the parameters that sign one. */

// A secret may hold a `/` that nobody encoded; a port in its place is none.
const PASSWORD = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@:]+:(?!\d+(?:[/?#\s]|$))[^\s"'@]*@/gi;
const USER = /([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+@/gi;
const SIGNATURE =
  /([?&](?:X-Amz-(?:Signature|Credential|Security-Token)|AWSAccessKeyId|Signature)=)[^&\s"']+/gi;

/** `text` with `***` in place of every credential in a URL. */
export function redact(text: string): string {
  return text.replace(PASSWORD, '$1***@').replace(USER, '$1***@').replace(SIGNATURE, '$1***');
}
