/** What a submission would send, ask and cost, as lines for people. */
import { type SubmitPlan, sizeText } from '../../index.js';

/** Names of the requests as S3 calls them. */
const REQUEST_NAMES: Readonly<Record<keyof SubmitPlan['requests'], string>> = {
  head: 'HEAD',
  list: 'LIST',
  put: 'PUT',
  createMultipart: 'CreateMultipartUpload',
  uploadPart: 'UploadPart',
  completeMultipart: 'CompleteMultipartUpload',
};

export function planText(plan: SubmitPlan): string {
  const { files, bytes, filesToSend, bytesToSend, requests, estimatedCostUsd } = plan;
  const kinds = (Object.keys(REQUEST_NAMES) as (keyof typeof REQUEST_NAMES)[]).filter(
    (kind) => requests[kind] > 0,
  );
  const lines = [
    `Files: ${files} (${sizeText(bytes)})`,
    `To send: ${filesToSend} (${sizeText(bytesToSend)})`,
    `Requests: ${kinds.map((kind) => `${REQUEST_NAMES[kind]} ${requests[kind]}`).join(', ') || 'none'}`,
    `Estimated cost: ${estimatedCostUsd.toFixed(6)} USD`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The members of a plan that stand in the JSON document. */
export function planDocument(plan: SubmitPlan): SubmitPlan {
  const { files, bytes, filesToSend, bytesToSend, requests, estimatedCostUsd } = plan;
  return { files, bytes, filesToSend, bytesToSend, requests, estimatedCostUsd };
}
