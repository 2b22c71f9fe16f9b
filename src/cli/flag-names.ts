/** Messages and hints of the library in the words of the command line, whose flags are the library's options. */

/** By the option that an error names before a colon. */
const FLAGS: Readonly<Record<string, string>> = {
  store: '--store',
  profile: '--profile',
  region: '--region',
  endpoint: '--endpoint-url, --s3-endpoint-url or --deadline-endpoint-url',
  expectedBucketOwner: '--bucket-owner',
  maxConnections: '--concurrency',
  caBundle: 'ca_bundle',
};

/** Parts of sentences; what has no flag is left out. */
const PHRASES: readonly (readonly [string, string])[] = [
  ['lower maxConnections', 'lower --concurrency'],
  ['; for large files on slow links raise the idle timeout (idleTimeoutMs)', ''],
  ['AWS_CA_BUNDLE (caBundle)', 'AWS_CA_BUNDLE'],
  ['; an empty manifest needs allowEmptyPaths', ''],
  ['use the force check', 'use --force-s3-check'],
  ['set the expected owner', 'set --bucket-owner'],
  ['repeat with debug logging', 'repeat with --log-level debug'],
];

/** `text` of an error; `option` is the one that it is about, if it is about one. */
export function withFlagNames(text: string, option?: unknown): string {
  const flag = typeof option === 'string' && Object.hasOwn(FLAGS, option) ? FLAGS[option] : undefined;
  const named =
    flag !== undefined && text.startsWith(`${option}: `) ? flag + text.slice(String(option).length) : text;
  return PHRASES.reduce((rest, [phrase, words]) => rest.replace(phrase, words), named);
}
