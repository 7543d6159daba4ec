/*
 * Cuts AWS's own API models down to the operations the sandbox answers. Run once per change of the lists below:
 *   node sandbox/models/trim.ts "$(python3 -c 'import botocore,os;print(os.path.dirname(botocore.__file__))')/data"
 * Models: https://github.com/boto/botocore/tree/develop/botocore/data (Apache-2.0).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Ref {
  shape: string;
}
interface Shape {
  members?: Record<string, Ref>;
  member?: Ref;
  key?: Ref;
  value?: Ref;
}
interface Operation {
  input?: Ref;
  output?: Ref & { resultWrapper?: string };
  errors?: Ref[];
}
interface Full {
  metadata: object;
  operations: Record<string, Operation>;
  shapes: Record<string, Shape>;
}

const WANTED: Record<string, { from: string; operations: string }> = {
  apprunner: {
    from: 'apprunner/2020-05-15',
    operations:
      'DescribeService DescribeVpcConnector ListOperations ListServices ListVpcConnectors PauseService ResumeService StartDeployment UpdateService',
  },
  ec2: {
    from: 'ec2/2016-11-15',
    operations: `DescribeAvailabilityZones DescribeEgressOnlyInternetGateways DescribeInternetGateways DescribeNatGateways
      DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists DescribeRouteTables DescribeSecurityGroups
      DescribeSubnets DescribeVpcAttribute DescribeVpcBlockPublicAccessExclusions DescribeVpcBlockPublicAccessOptions
      DescribeVpcEndpointServices DescribeVpcEndpoints DescribeVpcs GetManagedPrefixListEntries
      AllocateAddress DescribeAddresses ReleaseAddress CreateNatGateway DeleteNatGateway
      CreateRoute DeleteRoute ReplaceRoute CreateVpcEndpoint DeleteVpcEndpoints ModifyVpcEndpoint
      AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateSecurityGroup DeleteSecurityGroup
      DescribeSecurityGroupRules RevokeSecurityGroupEgress RevokeSecurityGroupIngress
      CreateTags DeleteTags DescribeTags`,
  },
  ecr: { from: 'ecr/2015-09-21', operations: 'DescribeImages' },
  rds: { from: 'rds/2014-10-31', operations: 'DescribeDBInstances' },
  events: { from: 'events/2015-10-07', operations: 'PutEvents' },
  logs: { from: 'logs/2014-03-28', operations: 'DescribeLogGroups FilterLogEvents' },
  ssm: {
    from: 'ssm/2014-11-06',
    operations: 'DeleteParameter GetParameter GetParameters GetParametersByPath PutParameter',
  },
  secretsmanager: { from: 'secretsmanager/2017-10-17', operations: 'DescribeSecret GetSecretValue' },
  sesv2: { from: 'sesv2/2019-09-27', operations: 'GetAccount GetEmailIdentity' },
  sns: { from: 'sns/2010-03-31', operations: 'GetSMSAttributes GetSMSSandboxAccountStatus Publish' },
};

const SHAPE_KEYS = 'type required enum min max pattern flattened sensitive exception error'.split(' ');
const REF_KEYS = ['shape', 'locationName', 'queryName', 'flattened'];
const METADATA_KEYS =
  'apiVersion endpointPrefix jsonVersion protocol serviceId signingName targetPrefix xmlNamespace'.split(' ');

const pick = (from: object, keys: string[]) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => keys.includes(key)));
const ref = (from: Ref) => pick(from, REF_KEYS);

function load(folder: string): Full {
  const plain = join(folder, 'service-2.json');
  const text = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(`${plain}.gz`));
  return JSON.parse(text.toString());
}

function trim(full: Full, names: string[]) {
  const shapes: Record<string, object> = {};
  const keep = (name: string) => {
    const shape = full.shapes[name];
    if (!shape) throw new Error(`no shape ${name}`);
    if (name in shapes) return;
    const { members, member, key, value } = shape;
    shapes[name] = {
      ...pick(shape, SHAPE_KEYS),
      ...(members && { members: Object.fromEntries(Object.entries(members).map(([id, to]) => [id, ref(to)])) }),
      ...(member && { member: ref(member) }),
      ...(key && { key: ref(key) }),
      ...(value && { value: ref(value) }),
    };
    for (const to of [...Object.values(members ?? {}), member, key, value]) if (to) keep(to.shape);
  };
  const operations = names.map((name) => {
    const operation = full.operations[name];
    if (!operation) throw new Error(`no operation ${name}`);
    const { input, output, errors = [] } = operation;
    for (const to of [input, output, ...errors]) if (to) keep(to.shape);
    const { resultWrapper } = output ?? {};
    return [
      name,
      { input: input?.shape, output: output?.shape, resultWrapper, errors: errors.map(({ shape }) => shape) },
    ];
  });
  return { metadata: pick(full.metadata, METADATA_KEYS), operations: Object.fromEntries(operations), shapes };
}

const [data] = process.argv.slice(2);
if (!data) throw new Error('usage: node sandbox/models/trim.ts <botocore/data>');
for (const [service, { from, operations }] of Object.entries(WANTED)) {
  const model = trim(load(join(data, from)), operations.trim().split(/\s+/));
  writeFileSync(new URL(`${service}.json`, import.meta.url), JSON.stringify(model));
}
