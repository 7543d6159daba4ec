import { build } from 'esbuild';
import { bundling } from '../../scripts/bundle.ts';

/** What IAM calls the services of the SDK's packages. */
const PREFIXES: Readonly<Record<string, string>> = {
  '@aws-sdk/client-apprunner': 'apprunner',
  '@aws-sdk/client-cloudwatch-logs': 'logs',
  '@aws-sdk/client-dynamodb': 'dynamodb',
  '@aws-sdk/client-ec2': 'ec2',
  '@aws-sdk/client-ecr': 'ecr',
  '@aws-sdk/client-eventbridge': 'events',
  '@aws-sdk/client-lambda': 'lambda',
  '@aws-sdk/client-rds': 'rds',
  '@aws-sdk/client-secrets-manager': 'secretsmanager',
  '@aws-sdk/client-sfn': 'states',
  '@aws-sdk/client-sesv2': 'ses',
  '@aws-sdk/client-sns': 'sns',
  '@aws-sdk/client-ssm': 'ssm',
  '@aws-sdk/lib-dynamodb': 'dynamodb',
};

/** Where the action is not called as the command. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'dynamodb:Delete': 'dynamodb:DeleteItem',
  'dynamodb:Get': 'dynamodb:GetItem',
  'dynamodb:Put': 'dynamodb:PutItem',
  'dynamodb:Update': 'dynamodb:UpdateItem',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/**
 * What AWS asks for besides.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html ("dependent actions")
 */
const BESIDES: Readonly<Record<string, readonly string[]>> = {
  'ec2:AllocateAddress': ['ec2:CreateTags'],
  'ec2:AuthorizeSecurityGroupEgress': ['ec2:CreateTags'],
  'ec2:AuthorizeSecurityGroupIngress': ['ec2:CreateTags'],
  'ec2:CreateNatGateway': ['ec2:CreateTags'],
  'ec2:CreateSecurityGroup': ['ec2:CreateTags'],
  'ec2:CreateVpcEndpoint': ['ec2:CreateTags', 'route53:AssociateVPCWithHostedZone'],
};

/** A source configuration names the roles of the service. https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html */
const PASSES_ROLES = /ServiceArn: \w+, SourceConfiguration: /;

export interface Needs {
  readonly actions: readonly string[];
  /** The names of the settings that are read from the environment. */
  readonly settings: readonly string[];
}

/**
 * What the code of a function calls: its own modules bundled without their packages, so that what is left of the
 * imports of the SDK, and used, is what can be reached from the handler.
 */
export async function needsOf(names: readonly string[]): Promise<Map<string, Needs>> {
  const { outputFiles } = await build({
    ...bundling(names),
    packages: 'external',
    format: 'esm',
    minifyWhitespace: false,
    minifySyntax: false,
    write: false,
  });
  return new Map(
    names.map((name) => {
      const code = outputFiles.find(({ path }) => path.endsWith(`/${name}/index.cjs`))?.text ?? '';
      return [name, { actions: actionsIn(code), settings: unique(code.match(/\bRECONNECT_\w+/g) ?? []) }];
    }),
  );
}

const IMPORT = /^import (?:([^"]+) from )?"(@aws-sdk\/[^"]+)";$/gm;

function actionsIn(code: string): string[] {
  const body = code.replace(IMPORT, '');
  const used = [...code.matchAll(IMPORT)].flatMap(([, clause = '', from = '']) =>
    specifiers(clause)
      .filter(({ local }) => new RegExp(`(?<![\\w$.])${local}(?![\\w$])`).test(body))
      .map(({ imported }) => actionOf(from, imported)),
  );
  const called = used.filter((action) => action !== undefined);
  const besides = called.flatMap((action) => BESIDES[action] ?? []);
  return unique([...called, ...besides, ...(PASSES_ROLES.test(body) ? ['iam:PassRole'] : [])]);
}

function specifiers(clause: string) {
  if (clause === '') return [];
  const list = /^\{(.*)\}$/s.exec(clause)?.[1];
  if (list === undefined) throw new Error(`import names from the SDK one by one, not ${JSON.stringify(clause)}`);
  return list.split(',').map((item) => {
    const [imported = '', local = imported] = item.trim().split(' as ');
    return { imported, local };
  });
}

/** Undefined for what calls nothing. Throws for what it does not know, so that nothing slips through. */
function actionOf(from: string, imported: string): string | undefined {
  if (/(?:Client|Exception)$/.test(imported)) return undefined;
  const operation = /^(?:(\w+)Command|paginate(\w+))$/.exec(imported);
  const prefix = PREFIXES[from];
  if (!operation || !prefix) throw new Error(`teach test/package/actions.ts which action ${imported} of ${from} is`);
  const action = `${prefix}:${operation[1] ?? operation[2]}`;
  return EXCEPTIONS[action] ?? action;
}

const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();
