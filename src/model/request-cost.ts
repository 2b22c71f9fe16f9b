/** What the requests of an upload cost (spec/storage.md 2.7 and 3.3). Pure arithmetic; nothing is asked. */
import { type PartPlanOptions, planParts } from './part-plan.js';

/** Requests by kind; a part of a multipart upload is a request of its own. */
export interface RequestCounts {
  readonly head: number;
  /** Pages of listings. */
  readonly list: number;
  readonly put: number;
  readonly createMultipart: number;
  readonly uploadPart: number;
  readonly completeMultipart: number;
}
export type RequestKind = keyof RequestCounts;
export const NO_REQUESTS: RequestCounts = {
  head: 0,
  list: 0,
  put: 0,
  createMultipart: 0,
  uploadPart: 0,
  completeMultipart: 0,
};

/**
 * Prices in billionths of a US dollar per request: S3 Standard in us-east-1, from Amazon's
 * price list (aws.amazon.com/s3/pricing, "Requests & data retrievals", 2026): PUT, COPY,
 * POST and LIST 0.005 per 1,000; GET, SELECT and all others, HEAD among them, 0.0004 per 1,000.
 */
export const S3_REQUEST_NANO_USD: RequestCounts = {
  head: 400,
  list: 5000,
  put: 5000,
  createMultipart: 5000,
  uploadPart: 5000,
  completeMultipart: 5000,
};

/** US dollars, without storage and traffic. */
export function requestCostUsd(counts: RequestCounts): number {
  const nano = (Object.keys(NO_REQUESTS) as RequestKind[]).reduce(
    (sum, kind) => sum + counts[kind] * S3_REQUEST_NANO_USD[kind],
    0,
  );
  return nano / 1e9;
}

export function addRequests(a: RequestCounts, b: Partial<RequestCounts>): RequestCounts {
  const sums = (Object.keys(NO_REQUESTS) as RequestKind[]).map((kind) => [kind, a[kind] + (b[kind] ?? 0)]);
  return Object.fromEntries(sums) as Record<RequestKind, number>;
}

/** Requests that send one object of `size` bytes: one, or as many as its parts need. Throws as {@link planParts}. */
export function uploadRequests(size: number, options?: PartPlanOptions): Partial<RequestCounts> {
  const plan = planParts(size, options);
  return plan ? { createMultipart: 1, uploadPart: plan.parts, completeMultipart: 1 } : { put: 1 };
}
