import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleOf, functionNames } from '../../scripts/bundle.ts';
import { pascalCase } from '../../scripts/serverless-plugin.ts';
import { type Needs, needsOf } from './actions.ts';
import {
  actionsOf,
  functionId,
  packageService,
  propertiesOf,
  resourcesOf,
  statementsOf,
  type Template,
} from './template.ts';

const names = functionNames();
const root = new URL('../../', import.meta.url);
const MACHINES = {
  reconnect: 'ReconnectStateMachine',
  diagnose: 'DiagnoseStateMachine',
  undo: 'UndoStateMachine',
  sweep: 'SweepStateMachine',
} as const;
/** What Lambda does in the name of a function: its log, and what it leaves behind after its retries. */
const OWN_LOG = ['logs:CreateLogStream', 'logs:PutLogEvents', 'sqs:SendMessage'];

/** What comes from outside as it likes, or takes nothing: refused by an answer, not by an error. */
const TAKES_ANYTHING = ['list-services', 'slack-door', 'start-on-event'];

/** The least that a profile may give a person to answer: states with a task token wait at least so long. */
const SHORTEST_PATIENCE_SECONDS = 60;

interface State {
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly Branches?: readonly { readonly States: Readonly<Record<string, State>> }[];
}

const statesIn = (states: Readonly<Record<string, State>>): State[] =>
  Object.values(states).flatMap((state) => [
    state,
    ...(state.Branches ?? []).flatMap((branch) => statesIn(branch.States)),
  ]);

const sourceOf = (machine: string) => readFile(new URL(`statemachines/${machine}.asl.json`, root), 'utf8');

const placeholdersIn = (definition: string) =>
  [...new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name))].sort();

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

let template: Template;
let needs: Map<string, Needs>;

beforeAll(async () => {
  [template, needs] = await Promise.all([packageService(), needsOf(names)]);
}, 180_000);

describe('the stack', () => {
  it('has every function, and no other', () => {
    const packaged = resourcesOf(template, 'AWS::Lambda::Function').map(([id]) => id);

    expect(packaged.sort()).toEqual(names.map(functionId).sort());
  });

  it.each(names)('runs %s on Node 24 and arm64, under its own name and role, with a log that ends', (name) => {
    const properties = propertiesOf(template, functionId(name));

    expect(properties).toMatchObject({
      FunctionName: `reconnect-${name}`,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: `.build/${name}/index.handler`,
      Role: { 'Fn::Sub': `\${${pascalCase(name)}Role.Arn}` },
    });
    expect(propertiesOf(template, functionId(name).replace('LambdaFunction', 'LogGroup'))).toEqual({
      LogGroupName: `/aws/lambda/reconnect-${name}`,
      RetentionInDays: 90,
    });
  });

  it('keeps locks and ledgers when it is deleted, and can go back to any second', () => {
    const { Table } = template.Resources;

    expect(Table).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      },
    });
  });
});

describe('the alarms', () => {
  it('go off however a sweep ends but well', () => {
    const alarms = resourcesOf(template, 'AWS::CloudWatch::Alarm').map(([, properties]) => properties);
    const ofSweep = alarms.filter(({ Namespace }) => Namespace === 'AWS/States');

    expect(ofSweep.map(({ MetricName }) => MetricName).sort()).toEqual([
      'ExecutionsAborted',
      'ExecutionsFailed',
      'ExecutionsTimedOut',
    ]);
    expect(new Set(ofSweep.map(({ AlarmName }) => AlarmName)).size).toBe(3);
    for (const { Dimensions, AlarmActions } of ofSweep) {
      expect(Dimensions).toEqual([{ Name: 'StateMachineArn', Value: { Ref: MACHINES.sweep } }]);
      expect(AlarmActions).toEqual([{ Ref: 'Topic' }]);
    }
  });
});

describe('the HTTP API', () => {
  it('asks everybody for a signature of AWS, or lets only so many through', () => {
    const { DependsOn, Properties } = template.Resources.HttpApiStage ?? {};
    const open = resourcesOf(template, 'AWS::ApiGatewayV2::Route').filter(
      ([, { AuthorizationType }]) => AuthorizationType !== 'AWS_IAM',
    );

    const limits = Properties?.RouteSettings as Record<string, { ThrottlingBurstLimit: number }>;

    expect(open.map(([, { RouteKey }]) => RouteKey).sort()).toEqual(Object.keys(limits).sort());
    for (const limit of Object.values(limits)) {
      expect(limit).toEqual({ ThrottlingBurstLimit: 20, ThrottlingRateLimit: 10 });
    }
    // CloudFormation refuses settings of a route that is not there yet.
    expect(DependsOn).toEqual(expect.arrayContaining(open.map(([id]) => id)));
  });
});

describe.each(Object.entries(MACHINES))('the state machine %s', (machine, id) => {
  it('is deployed as it lies in its file', async () => {
    const { DefinitionString, StateMachineName, StateMachineType } = propertiesOf(template, id);

    expect(JSON.parse(String(DefinitionString))).toEqual(JSON.parse(await sourceOf(machine)));
    expect({ StateMachineName, StateMachineType }).toEqual({ StateMachineName: machine, StateMachineType: 'STANDARD' });
  });

  it('binds each placeholder to the function of that name', async () => {
    const { DefinitionSubstitutions } = propertiesOf(template, id);

    const bound = placeholdersIn(await sourceOf(machine)).map((placeholder) => {
      const name = names.find((candidate) => pascalCase(candidate) === placeholder);
      return [placeholder, name ? arnOf(functionId(name)) : { Ref: placeholder }];
    });

    expect(DefinitionSubstitutions).toEqual(Object.fromEntries(bound));
  });

  it('may invoke just the functions it names', async () => {
    const invoke = statementsOf(template, `${id}Role`).filter((statement) =>
      actionsOf(statement).includes('lambda:InvokeFunction'),
    );

    const named = names.filter((name) =>
      placeholdersIn(template.Resources[id]?.Properties.DefinitionString as string).includes(pascalCase(name)),
    );

    expect(invoke.flatMap(({ Resource }) => Resource)).toEqual(named.sort().map((name) => arnOf(functionId(name))));
  });

  it('logs no input and no output', () => {
    const { LoggingConfiguration } = propertiesOf(template, id);

    expect(LoggingConfiguration).toMatchObject({ Level: 'ERROR', IncludeExecutionData: false });
    expect(propertiesOf(template, pascalCase(machine).concat('LogGroup')).LogGroupName).toBe(
      `/aws/vendedlogs/states/${machine}`,
    );
  });

  it('waits longer for each function than the function may take', async () => {
    const states = statesIn(JSON.parse(await sourceOf(machine)).States);

    const tooLong = states.flatMap(({ Resource = '', Parameters, TimeoutSeconds }) => {
      const placeholder = (Parameters?.FunctionName ?? Resource).replace(/\W/g, '');
      const name = names.find((candidate) => pascalCase(candidate) === placeholder);
      if (!name) return [];
      const timeout = Number(propertiesOf(template, functionId(name)).Timeout);
      return timeout < (TimeoutSeconds ?? SHORTEST_PATIENCE_SECONDS) ? [] : [`${name}: ${timeout} s`];
    });

    expect(tooLong).toEqual([]);
  });
});

describe.each(names)('the function %s', (name) => {
  it('may do what it calls, and nothing else', () => {
    const statements = statementsOf(template, `${pascalCase(name)}Role`);

    const allowed = statements.flatMap(actionsOf).filter((action) => !OWN_LOG.includes(action));

    expect(allowed.sort()).toEqual(needs.get(name)?.actions);
  });

  it('gets the settings it reads, and no other', () => {
    const { Environment } = propertiesOf(template, functionId(name));

    const given = Object.keys((Environment as { Variables: object } | undefined)?.Variables ?? {}).sort();

    expect(given).toEqual(needs.get(name)?.settings);
  });

  it('starts as packaged, and keeps the names of its errors', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    const { handler } = createRequire(import.meta.url)(new URL(bundleOf(name), root).pathname);

    expect(handler).toBeInstanceOf(Function);
    if (TAKES_ANYTHING.includes(name)) return;
    await expect(handler('not an object', {})).rejects.toMatchObject({ name: 'InvalidRequest' });
  });
});
