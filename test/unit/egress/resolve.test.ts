import { describe, expect, it } from 'vitest';
import { type HostResolver, resolveDependencies } from '../../../lib/egress/resolve.ts';
import { defaultHost, serviceOfHost } from '../../../lib/egress/services.ts';
import * as t from './topology.ts';

const resolver = (hosts: Record<string, string[]>): HostResolver & { asked: string[] } => {
  const asked: string[] = [];
  const answer = (six: boolean) => async (host: string) => {
    asked.push(host);
    const found = (hosts[host] ?? []).filter((text) => text.includes(':') === six);
    if (found.length === 0) throw Object.assign(new Error('queryA ENOTFOUND'), { code: 'ENOTFOUND' });
    return found;
  };
  return { asked, resolve4: answer(false), resolve6: answer(true) };
};

describe('resolving dependencies', () => {
  it('finds addresses of both families', async () => {
    const dns = resolver({ 'verify.twilio.com': ['54.172.60.1', '2600::1'] });
    const { dependencies, notes } = await resolveDependencies([{ name: 'twilio', host: 'verify.twilio.com' }], {
      resolver: dns,
    });
    expect(dependencies).toEqual([
      { name: 'twilio', host: 'verify.twilio.com', addresses: ['2600::1', '54.172.60.1'], port: 443, protocol: 'tcp' },
    ]);
    expect(notes).toEqual([]);
  });

  it('leaves what does not resolve, with a note', async () => {
    const { dependencies, notes } = await resolveDependencies([{ name: 'gone', host: 'gone.example', port: 80 }], {
      resolver: resolver({}),
    });
    expect(dependencies).toEqual([{ name: 'gone', host: 'gone.example', port: 80, protocol: 'tcp', resolved: false }]);
    expect(notes).toEqual([{ name: 'gone', because: 'gone.example did not resolve here' }]);
  });

  it('knows the host names of AWS services', async () => {
    const dns = resolver({ 's3.us-west-2.amazonaws.com': ['52.92.0.1'] });
    const { dependencies } = await resolveDependencies(
      [
        { name: 'files', aws: 's3' },
        { name: 'mail', aws: 'email-smtp' },
      ],
      { resolver: dns, region: 'us-west-2' },
    );
    expect(dependencies[0]).toMatchObject({
      aws: 's3',
      host: 's3.us-west-2.amazonaws.com',
      addresses: ['52.92.0.1'],
      port: 443,
    });
    expect(dependencies[1]).toMatchObject({ host: 'email-smtp.us-west-2.amazonaws.com', port: 587 });
  });

  it('takes host and port of a database from its endpoint', async () => {
    const { dependencies } = await resolveDependencies([{ name: 'db', rds: 'orders-db' }], {
      resolver: resolver({}),
      dbInstances: t.healthy().DBInstances,
    });
    expect(dependencies[0]).toMatchObject({
      rds: 'orders-db',
      host: 'orders-db.xyz.us-east-1.rds.amazonaws.com',
      port: 5432,
    });
  });

  it('asks for a name once and for an address never', async () => {
    const dns = resolver({ 'a.example': ['9.9.9.9'] });
    const { dependencies } = await resolveDependencies(
      [
        { name: 'a', host: 'a.example' },
        { name: 'b', host: 'a.example', port: 8443 },
        { name: 'c', address: '10.0.0.1' },
        { name: 'd', host: '10.0.0.2' },
      ],
      { resolver: dns },
    );
    expect(dns.asked).toEqual(['a.example', 'a.example']);
    expect(dependencies.slice(2).map(({ addresses }) => addresses)).toEqual([['10.0.0.1'], ['10.0.0.2']]);
  });

  it('says what it lacks', async () => {
    const { notes } = await resolveDependencies(
      [
        { name: 'a', rds: 'x' },
        { name: 'b', aws: 's3' },
      ],
      { resolver: resolver({}) },
    );
    expect(notes.map(({ because }) => because)).toEqual([
      'the endpoint of the database x is not known',
      'the region is not known',
    ]);
  });
});

describe('names of AWS services', () => {
  it.each([
    ['s3', 'us-east-1', 's3.us-east-1.amazonaws.com'],
    ['ses', 'us-east-1', 'email.us-east-1.amazonaws.com'],
    ['ecr.api', 'eu-west-1', 'api.ecr.eu-west-1.amazonaws.com'],
    ['sqs', 'cn-north-1', 'sqs.cn-north-1.amazonaws.com.cn'],
    ['iam', 'us-east-1', 'iam.amazonaws.com'],
    ['ecr.dkr', 'us-east-1', undefined],
  ])('%s in %s is %s', (service, region, host) => {
    expect(defaultHost(service, region)).toBe(host);
  });

  it.each([
    ['bucket.name.s3.us-west-2.amazonaws.com', { service: 's3', region: 'us-west-2' }],
    ['bucket.s3.amazonaws.com', { service: 's3' }],
    ['api.ecr.us-east-1.amazonaws.com', { service: 'ecr.api', region: 'us-east-1' }],
    ['bedrock-runtime.us-gov-west-1.amazonaws.com', { service: 'bedrock-runtime', region: 'us-gov-west-1' }],
    ['s3.dualstack.us-west-2.amazonaws.com', { service: 's3', region: 'us-west-2' }],
    ['bucket.s3.dualstack.us-west-2.amazonaws.com', { service: 's3', region: 'us-west-2' }],
    ['bucket.s3-fips.dualstack.us-east-1.amazonaws.com', { service: 's3', region: 'us-east-1' }],
    ['secretsmanager-fips.us-east-1.amazonaws.com', { service: 'secretsmanager', region: 'us-east-1' }],
    ['ecr-fips.us-east-1.amazonaws.com', { service: 'ecr', region: 'us-east-1' }],
    ['orders-db.xyz.us-east-1.rds.amazonaws.com', undefined],
    ['verify.twilio.com', undefined],
  ])('%s is %j', (host, service) => {
    expect(serviceOfHost(host)).toEqual(service);
  });
});
