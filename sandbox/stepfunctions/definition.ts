import validate from 'asl-validator';
import type { Json, JsonObject } from './json.ts';
import { refuseUnfaithful } from './refusals.ts';

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
}

export type StateType = 'Task' | 'Pass' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';

/** A state as the file has it. Which fields a type may have is checked at load, so the rest of the code need not. */
export interface State {
  Type: StateType;
  Next?: string;
  End?: true;
  InputPath?: string | null;
  OutputPath?: string | null;
  Parameters?: Json;
  Result?: Json;
  ResultSelector?: JsonObject;
  ResultPath?: string | null;
  Resource?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number;
  HeartbeatSecondsPath?: string;
  Retry?: Retrier[];
  Catch?: Catcher[];
  Seconds?: number;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
  Choices?: JsonObject[];
  Default?: string;
  Error?: string;
  ErrorPath?: string;
  Cause?: string;
  CausePath?: string;
  Branches?: Flow[];
  Iterator?: Flow;
  ItemProcessor?: Flow;
  ItemsPath?: string;
  ItemSelector?: Json;
  MaxConcurrency?: number;
}

export interface Flow {
  StartAt: string;
  States: Record<string, State>;
}

export interface Machine {
  name: string;
  arn: string;
  roleArn: string;
  createdAt: Date;
  /** The definition after substitution, as DescribeStateMachine returns it. */
  text: string;
  flow: Flow & { TimeoutSeconds?: number };
}

export interface MachineSource {
  name: string;
  /** The text of the ASL file, placeholders and all. */
  definition: string;
  substitutions: Record<string, string>;
}

/** Binds `DefinitionSubstitutions` as CloudFormation does: by text, everywhere. */
function substitute({ name, definition, substitutions }: MachineSource): string {
  return definition.replace(/\$\{([^}]+)\}/g, (_, placeholder: string) => {
    const value = substitutions[placeholder];
    if (value === undefined) throw new Error(`state machine ${name}: no substitution for \${${placeholder}}`);
    return value;
  });
}

/** Validating takes a tenth of a second, and a simulation loads the same files thousands of times. */
const valid = new Set<string>();

function refuseInvalid(name: string, text: string): void {
  if (valid.has(text)) return;
  // A parse of its own: the validator writes QueryLanguage into what it is given.
  const { isValid, errorsText } = validate(JSON.parse(text), { checkPaths: true, checkArn: true });
  if (!isValid) throw new Error(`state machine ${name} is not valid:\n${errorsText('\n')}`);
  valid.add(text);
}

export function loadMachine(source: MachineSource, account: { region: string; accountId: string; now: Date }): Machine {
  const text = substitute(source);
  refuseInvalid(source.name, text);
  const flow = JSON.parse(text) as Machine['flow'];
  refuseUnfaithful(source.name, flow);
  return {
    name: source.name,
    arn: `arn:aws:states:${account.region}:${account.accountId}:stateMachine:${source.name}`,
    roleArn: `arn:aws:iam::${account.accountId}:role/${source.name}-role`,
    createdAt: account.now,
    text,
    flow,
  };
}
