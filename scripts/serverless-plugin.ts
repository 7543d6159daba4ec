import { bundle, bundleOf } from './bundle.ts';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

interface FunctionConfig {
  name?: string;
  handler: string;
  role?: unknown;
  package?: { patterns: string[] };
  iamRoleStatements?: readonly Statement[];
}

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** What this plugin uses of osls. */
interface Serverless {
  readonly service: {
    readonly service: string;
    readonly functions: Record<string, FunctionConfig>;
    readonly resources: { readonly Resources: Record<string, Resource> };
  };
  readonly configSchemaHandler: { defineFunctionProperties(provider: string, schema: object): void };
}

const HANDLER = /^functions\/([a-z-]+)\.handler$/;

/** `take-lock` is `TakeLock` in the state machines, and `TakeLockRole` in the stack. */
export const pascalCase = (name: string): string =>
  name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** A role that may write the log of its function, and what the function asks for in `iamRoleStatements`. */
const roleOf = (functionName: string, statements: readonly Statement[]): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [
      {
        PolicyName: functionName,
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              // Not CreateLogGroup: the stack makes the log group, with its retention.
              Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              Resource: {
                'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*`,
              },
            },
            ...statements,
          ],
        },
      },
    ],
  },
});

/** CloudFormation refuses `null` anywhere in a template, also where a definition needs it: `"ResultPath": null`. */
function stringifyDefinition(properties: Record<string, unknown>): void {
  properties.DefinitionString = JSON.stringify(properties.Definition);
  delete properties.Definition;
}

/**
 * Makes `serverless package` and `serverless deploy` bundle the functions first, so that what is deployed is what
 * lies here, and gives each function a role of its own.
 */
export default class ReconnectPlugin {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #service: Serverless['service'];

  constructor(serverless: Serverless) {
    this.#service = serverless.service;
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      properties: { iamRoleStatements: { type: 'array', items: { type: 'object' } } },
    });
    this.hooks = { 'before:package:initialize': () => this.#prepare() };
  }

  async #prepare(): Promise<void> {
    const names = Object.entries(this.#service.functions).map(([key, config]) => this.#prepareFunction(key, config));
    await bundle(names);
    for (const { Type, Properties } of Object.values(this.#service.resources.Resources)) {
      if (Type === 'AWS::StepFunctions::StateMachine') stringifyDefinition(Properties);
    }
  }

  #prepareFunction(key: string, config: FunctionConfig): string {
    const name = HANDLER.exec(config.handler)?.[1];
    if (name !== key) throw new Error(`functions.${key}.handler must be functions/${key}.handler`);
    const role = `${pascalCase(name)}Role`;
    config.name = `${this.#service.service}-${name}`;
    config.handler = bundleOf(name).replace(/\.cjs$/, '.handler');
    config.package = { patterns: [bundleOf(name)] };
    config.role = { 'Fn::Sub': `\${${role}.Arn}` };
    this.#service.resources.Resources[role] = roleOf(config.name, config.iamRoleStatements ?? []);
    return name;
  }
}
