/** The certificates of the bundle that the settings or `AWS_CA_BUNDLE` name. Opens no connection. */
import { localIoReason } from '../../model/local-io.js';
import { OptionError } from '../../pipeline/errors.js';
import { readWholeFile } from '../whole-file.js';
import type { CheckedS3Settings } from './settings.js';

const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Each certificate as PEM; `undefined` without a bundle. Rejects with `OptionError` for a bundle that cannot be used. */
export async function bundledCertificates({
  caBundle,
  env,
}: Pick<CheckedS3Settings, 'caBundle' | 'env'>): Promise<readonly string[] | undefined> {
  const path = caBundle ?? env['AWS_CA_BUNDLE'];
  if (path === undefined || path === '') return undefined;
  const option = caBundle === undefined ? 'AWS_CA_BUNDLE' : 'caBundle';
  const bytes = await readWholeFile(path).catch((cause: unknown) => {
    const text = `the file ${JSON.stringify(path)} cannot be read: ${localIoReason(cause)}`;
    throw new OptionError(option, text, { cause });
  });
  const found = bytes.toString().match(PEM);
  if (!found)
    throw new OptionError(option, `the file ${JSON.stringify(path)} holds no certificate in PEM form`);
  return found;
}
