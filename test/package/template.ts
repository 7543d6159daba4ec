import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = new URL('../../', import.meta.url).pathname;

export interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly Properties: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** Packages the service as `npm run package` does: by somebody without an account. */
export async function packageService(): Promise<Template> {
  const directory = await mkdtemp(join(tmpdir(), 'reconnect-package-'));
  const withoutAccount = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  try {
    await promisify(execFile)(
      process.execPath,
      [join(root, 'node_modules/serverless/bin/serverless.js'), 'package', '--package', directory],
      { cwd: root, env: { ...Object.fromEntries(withoutAccount), HOME: directory, AWS_EC2_METADATA_DISABLED: 'true' } },
    );
    return JSON.parse(await readFile(join(directory, 'cloudformation-template-update-stack.json'), 'utf8'));
  } finally {
    await rm(directory, { recursive: true });
  }
}

export function propertiesOf(template: Template, id: string): Record<string, unknown> {
  const resource = template.Resources[id];
  if (!resource) throw new Error(`the template has no ${id}`);
  return resource.Properties;
}

/** All resources of a type, by their logical id. */
export const resourcesOf = (template: Template, type: string): [string, Record<string, unknown>][] =>
  Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties]] : []));

export const functionId = (name: string): string => {
  const id = name.replaceAll('-', 'Dash');
  return `${id.charAt(0).toUpperCase()}${id.slice(1)}LambdaFunction`;
};

export function statementsOf(template: Template, roleId: string): Statement[] {
  const policies = propertiesOf(template, roleId).Policies as { PolicyDocument: { Statement: Statement[] } }[];
  return policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

export const actionsOf = ({ Action }: Statement): readonly string[] => (typeof Action === 'string' ? [Action] : Action);
