/**
 * The parameters of a job bundle: definitions of its template, values of `parameter_values`,
 * defaults of paths joined to the bundle (spec/files-and-submission.md 7.4, steps 1 and 2). What
 * links resolve to is handed in.
 */
import { BundleError } from './bundle-error.js';
import { templateError, templateObject } from './bundle-files.js';
import { checkDefinition } from './check-definition.js';
import {
  type DocumentObject,
  type DocumentValue,
  isDocumentObject,
  isList,
  pythonText,
} from './document-value.js';
import { type JobParameter, usesExpr, withKnownType } from './job-parameter.js';
import { checkJoined, type JoinDefaultsOptions, joinDefaults } from './join-defaults.js';
import { pythonType } from './parameter-error.js';

const TEMPLATE = 'template';
const VALUES = 'parameter_values';
export const SPECIFICATION_VERSION = 'jobtemplate-2023-09';

/**
 * Parameters in the order of the template, then names that only have a value: those of the
 * queue, and `app:name`. Throws `BundleError` naming file and parameter.
 */
export function readJobParameters(
  template: DocumentValue | undefined,
  parameterValues: DocumentValue | undefined,
  options: JoinDefaultsOptions,
): JobParameter[] {
  const document = templateObject(template, options.bundleDir);
  checkVersion(document, options.bundleDir);
  const parameters = templateParameters(document, options.bundleDir);
  for (const [name, value] of valuesOf(parameterValues)) {
    parameters.set(name, { name, ...parameters.get(name), value });
  }
  const joined = joinDefaults([...parameters.values()], usesExpr(document), options);
  const checked = joined.map(({ parameter }) => checkDefinition(parameter, { file: TEMPLATE }));
  for (const { parameter, isJoined } of joined) if (isJoined) checkJoined(parameter, options.bundleDir);
  checkHidden(checked);
  return checked;
}

function checkVersion(document: DocumentObject, bundleDir: string): void {
  const version = document['specificationVersion'];
  if (version === SPECIFICATION_VERSION) return;
  const problem =
    version === undefined
      ? 'Document does not contain a specificationVersion.'
      : `Document has an unsupported specificationVersion: ${pythonText(version)}`;
  throw templateError(bundleDir, problem, 'specificationVersion');
}

function templateParameters(document: DocumentObject, bundleDir: string): Map<string, JobParameter> {
  const definitions = document['parameterDefinitions'] ?? [];
  if (!isList(definitions)) {
    throw templateError(bundleDir, 'Job parameter definitions must be a list.', 'parameterDefinitions');
  }
  return new Map(
    definitions.map((definition) => {
      const parameter = namedDefinition(withKnownType(definition, document));
      return [parameter.name, parameter] as const;
    }),
  );
}

/** A definition in a list has a type; its other members are checked later, with its value. */
function namedDefinition(definition: DocumentValue): JobParameter {
  const name = isDocumentObject(definition) ? definition['name'] : undefined;
  if (!isDocumentObject(definition) || typeof name !== 'string' || definition['type'] === undefined) {
    return checkDefinition(definition, { typeRequired: true, file: TEMPLATE });
  }
  return { ...definition, name };
}

/** Names and values of a `parameter_values` document. Throws `BundleError` naming the member. */
export function valuesOf(document: DocumentValue | undefined): Map<string, DocumentValue> {
  if (document === undefined || document === null) return new Map();
  const list = isDocumentObject(document) ? (document['parameterValues'] ?? []) : undefined;
  if (!isList(list)) {
    const found = list === undefined ? pythonType(document) : pythonType(list as DocumentValue);
    const problem = `${VALUES} must hold a list of values as "parameterValues", but got ${found}`;
    throw new BundleError(problem, { file: VALUES, field: 'parameterValues' });
  }
  return new Map(list.map((one, index) => namedValue(one, index)));
}

function namedValue(one: DocumentValue, index: number): readonly [string, DocumentValue] {
  const { name, value } = isDocumentObject(one) ? one : {};
  if (typeof name === 'string' && name !== '' && value !== undefined) return [name, value];
  const field = `parameterValues[${index}]`;
  throw new BundleError(`${VALUES}: ${field} must have a "name" and a "value"`, { file: VALUES, field });
}

const HIDDEN_HINT =
  'Hidden parameters must have either a default value in the template or a value in parameter_values.yaml.';

/** What a user cannot see they cannot fill in. */
function checkHidden(parameters: readonly JobParameter[]): void {
  const names = parameters.filter(isHidden).map(({ name }) => `"${name}"`);
  if (names.length === 0) return;
  const problem =
    names.length === 1
      ? `Hidden parameter ${names[0]} is missing a value.`
      : `Hidden parameters ${names.join(', ')} are missing values.`;
  throw new BundleError(`Job bundle validation failed:\n${problem} ${HIDDEN_HINT}`, { file: TEMPLATE });
}

function isHidden({ userInterface, value, default: otherwise }: JobParameter): boolean {
  const control = isDocumentObject(userInterface) ? userInterface['control'] : undefined;
  return control === 'HIDDEN' && value === undefined && otherwise === undefined;
}
