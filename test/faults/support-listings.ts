/** Job prefixes with outputs of many tasks and foreign keys among them, and what has to be selected from them. */
import type { Fault } from '../support/fault.js';
import type { ProxiedRequest } from '../support/fault-log.js';
import { JOB } from '../support/outputs.js';
import { ROOT_PREFIX } from './support.js';

export interface JobListing {
  /** Full keys, sorted as a store lists them. */
  readonly keys: readonly string[];
  /** Those that are to be selected, sorted. */
  readonly selected: readonly string[];
}

const JOB_FOLDER = `${ROOT_PREFIX}/Manifests/${JOB.farmId}/${JOB.queueId}/${JOB.jobId}`;
const HASH = '0123456789abcdef0123456789abcdef';

/** Ten keys by turns: a task's three runs, the last of them with two manifests, two chunks of a step, and four that are none. */
function keyOf(n: number): { readonly path: string; readonly selected: boolean } {
  const group = Math.floor(n / 10);
  const [task, step] = [`step-a${group % 7}/task-${group}`, `step-b${group}`];
  const run = (hour: number): string => `2026-01-01T0${hour}:00:00.000000Z_sessionaction-a-${hour}`;
  const turn: readonly (readonly [string, boolean])[] = [
    [`${task}/${run(3)}/${HASH}_output`, true],
    [`${task}/${run(3)}/ä & <b>_output.json`, true],
    [`${task}/${run(1)}/${HASH}_output`, false],
    [`${task}/${run(2)}/${HASH}_output`, false],
    [`${step}/${run(1)}/${HASH}_output`, true],
    [`${step}/${run(2)}/${HASH}_output`, true],
    [`${task}/${run(9)}/readme.txt`, false],
    [`${task}/${run(9)}/deeper/${HASH}_output`, false],
    [`notes ${group}_output`, false],
    [`other-${group}/task-1/${run(1)}/${HASH}_output`, false],
  ];
  const [path, selected] = turn[n % 10] ?? ['', false];
  return { path, selected };
}

export function jobListing(count: number): JobListing {
  return listingOf(Array.from({ length: count }, (_, n) => keyOf(n)));
}

function listingOf(all: readonly { readonly path: string; readonly selected: boolean }[]): JobListing {
  const full = (path: string): string => `${JOB_FOLDER}/${path}`;
  const inOrder = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return {
    keys: all.map(({ path }) => full(path)).sort(inOrder),
    selected: all.flatMap(({ path, selected }) => (selected ? [full(path)] : [])).sort(inOrder),
  };
}

const PAGE = 1000;

/** Answers a listing of `keys` page by page, as S3 does; the token is the place in the list. */
export function listPages(keys: readonly string[]): (request: ProxiedRequest) => Fault {
  return ({ query }) => {
    const from = Number(query.get('continuation-token') ?? 0);
    const next = from + PAGE;
    const truncated = next < keys.length;
    const contents = keys.slice(from, next).map((key) => {
      const name = encodeURIComponent(key).replaceAll('%2F', '/');
      return `<Contents><Key>${name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>10</Size></Contents>`;
    });
    const token = truncated ? `<NextContinuationToken>${next}</NextContinuationToken>` : '';
    const head = `<Name>b</Name><EncodingType>url</EncodingType><IsTruncated>${truncated}</IsTruncated>${token}`;
    const body = `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult>${head}${contents.join('')}</ListBucketResult>`;
    return { answer: { status: 200, headers: { 'content-type': 'application/xml' }, body } };
  };
}
