import type {
  DeleteParameterRequest,
  GetParameterRequest,
  GetParametersByPathRequest,
  GetParametersRequest,
  PutParameterRequest,
} from '@aws-sdk/client-ssm';
import type { Account, Parameter } from './account.ts';
import type { SandboxClock } from './clock.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model } from './http/model.ts';
import { invalidToken, page, questionOf } from './http/paging.ts';
import model from './models/ssm.json' with { type: 'json' };

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const MOST_BYTES: Record<string, number> = { Standard: 4096, Advanced: 8192 };
/** Standard as long as that suffices. https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-default-tier.html */
const tierFor = (asked: string, value: string): string =>
  asked === 'Intelligent-Tiering' ? (Buffer.byteLength(value) > 4096 ? 'Advanced' : 'Standard') : asked;

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html */
const MOST_BY_PATH = 10;

const notFound = (message = '') => new AwsError('ParameterNotFound', message);
const refuse = (message: string) => new AwsError('ValidationException', message);

/** https://docs.aws.amazon.com/systems-manager/latest/APIReference/ */
export function ssmApi(account: Account, clock: SandboxClock): Api {
  const { parameters } = account.ssm;
  const arnOf = (name: string) =>
    `arn:aws:ssm:${account.region}:${account.id}:parameter${name.startsWith('/') ? '' : '/'}${name}`;

  /** By name, by ARN, and with `:version` after either. */
  const find = (selector: string): [string, Parameter] | undefined => {
    const [, given = '', version] = /^(arn:[^/]+\/.+?|[^:]+)(?::(\d+))?$/.exec(selector) ?? [];
    const entry = Object.entries(parameters).find(([name]) => name === given || arnOf(name) === given);
    return entry && (version === undefined || Number(version) === entry[1].Version) ? entry : undefined;
  };

  const shown = (
    [Name, { Type, Value, Version, LastModifiedDate }]: [string, Parameter],
    decrypt: boolean | undefined,
  ) => ({
    Name,
    Type,
    Value: Type === 'SecureString' && !decrypt ? ciphertext(Name, Version) : Value,
    Version,
    LastModifiedDate,
    ARN: arnOf(Name),
    DataType: 'text',
  });

  return {
    model: model as unknown as Model,
    codes: { type: 'SerializationException', missing: 'ValidationException', constraint: 'ValidationException' },
    operations: {
      GetParameter: ({ Name = '', WithDecryption }: GetParameterRequest) => {
        const entry = find(Name);
        if (!entry) throw notFound();
        return { Parameter: shown(entry, WithDecryption) };
      },

      GetParameters: ({ Names = [], WithDecryption }: GetParametersRequest) => {
        if (new Set(Names).size < Names.length) throw refuse('Duplicate parameter names are not allowed');
        const found = Names.map((name) => ({ name, entry: find(name) }));
        return {
          Parameters: found.flatMap(({ entry }) => (entry ? [shown(entry, WithDecryption)] : [])),
          InvalidParameters: found.flatMap(({ name, entry }) => (entry ? [] : [name])),
        };
      },

      GetParametersByPath: (input: GetParametersByPathRequest) => {
        const { Path = '', Recursive, WithDecryption, MaxResults = MOST_BY_PATH, NextToken } = input;
        if (!Path.startsWith('/')) throw refuse('The parameter path must begin with a forward slash (/).');
        if (input.ParameterFilters?.length) throw refuse('ParameterFilters are not simulated.');
        const below = Path.endsWith('/') ? Path : `${Path}/`;
        const found = Object.entries(parameters)
          .filter(([name]) => name.startsWith(below) && (Recursive || !name.slice(below.length).includes('/')))
          .sort(([a], [b]) => (a < b ? -1 : 1));
        const { items, next } = page(found, {
          size: MaxResults,
          token: NextToken,
          question: questionOf('GetParametersByPath', { ...input }),
          invalid: invalidToken('InvalidNextToken'),
        });
        return { Parameters: items.map((entry) => shown(entry, WithDecryption)), NextToken: next };
      },

      PutParameter: ({ Name = '', Value = '', Type, Overwrite, Tier = 'Standard' }: PutParameterRequest) => {
        const before = parameters[Name];
        if (!/^[\w./-]+$/.test(Name))
          throw refuse('Only a mix of letters, numbers and the following 4 symbols .-_/ is allowed.');
        if (/^\/?(aws|ssm)/i.test(Name))
          throw refuse(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive).`);
        if (before && !Overwrite) {
          throw new AwsError(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
          );
        }
        const type = Type ?? before?.Type;
        if (!type) throw refuse('A parameter type is required when you create a parameter.');
        if (before && before.Type !== type) throw refuse("The parameter type can't be changed.");
        const tier = before?.Tier === 'Advanced' ? 'Advanced' : tierFor(Tier, Value);
        const most = MOST_BYTES[tier] ?? 0;
        if (Buffer.byteLength(Value) > most)
          throw refuse(`${tier} tier parameters support a maximum parameter value of ${most} characters.`);
        const Version = (before?.Version ?? 0) + 1;
        parameters[Name] = { Type: type, Value, Version, LastModifiedDate: clock.now().toISOString(), Tier: tier };
        return { Version, Tier: tier };
      },

      DeleteParameter: ({ Name = '' }: DeleteParameterRequest) => {
        if (!parameters[Name]) throw notFound();
        delete parameters[Name];
        return {};
      },
    },
  };
}

/** Looks like what KMS makes; holds nothing of the value. */
const ciphertext = (name: string, version: number) =>
  Buffer.from(`\u0001\u0002\u0002\u0000x sandbox ciphertext of ${name} ${version}`).toString('base64');
