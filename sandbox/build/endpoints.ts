import { groupRefs, networkInterface } from './interfaces.ts';
import { DAY, minutesAgo, type Site } from './site.ts';

/** Blocks of the gateway services, and the host names that answer there. */
const GATEWAY_SERVICES: Record<string, { cidrs: string[]; host: (region: string) => string; address: string }> = {
  s3: {
    cidrs: ['52.216.0.0/15', '16.182.0.0/16'],
    host: (region) => `s3.${region}.amazonaws.com`,
    address: '52.216.44.9',
  },
  dynamodb: { cidrs: ['52.94.0.0/22'], host: (region) => `dynamodb.${region}.amazonaws.com`, address: '52.94.2.17' },
};

/** https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
const INTERFACE_SERVICES: Record<string, { host: (region: string) => string; ports: number[]; address: string }> = {
  secretsmanager: { host: (region) => `secretsmanager.${region}.amazonaws.com`, ports: [443], address: '44.220.8.31' },
  ssm: { host: (region) => `ssm.${region}.amazonaws.com`, ports: [443], address: '44.220.8.47' },
  sns: { host: (region) => `sns.${region}.amazonaws.com`, ports: [443], address: '44.220.9.12' },
  sqs: { host: (region) => `sqs.${region}.amazonaws.com`, ports: [443], address: '44.220.9.77' },
  sts: { host: (region) => `sts.${region}.amazonaws.com`, ports: [443], address: '44.220.10.3' },
  kms: { host: (region) => `kms.${region}.amazonaws.com`, ports: [443], address: '44.220.10.91' },
  logs: { host: (region) => `logs.${region}.amazonaws.com`, ports: [443], address: '44.220.11.14' },
  'bedrock-runtime': {
    host: (region) => `bedrock-runtime.${region}.amazonaws.com`,
    ports: [443],
    address: '44.220.12.5',
  },
  'email-smtp': {
    host: (region) => `email-smtp.${region}.amazonaws.com`,
    ports: [25, 465, 587, 2465, 2587],
    address: '44.220.13.22',
  },
};

/** What AWS itself offers in a region: endpoint services, prefix lists, and the public servers behind them. */
export function awsServices(site: Site): void {
  const { account, random } = site;
  const { region, ec2, internet } = account;
  const zones = ec2.availabilityZones.flatMap(({ ZoneName }) => ZoneName ?? []);
  const detail = (name: string, type: string, host?: string) => ({
    ServiceName: `com.amazonaws.${region}.${name}`,
    ServiceId: random.id('vpce-svc'),
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: zones,
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${name}.${region}.vpce.amazonaws.com`],
    ...(host && {
      PrivateDnsName: host,
      PrivateDnsNames: [{ PrivateDnsName: host }],
      PrivateDnsNameVerificationState: 'verified',
    }),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    SupportedIpAddressTypes: ['ipv4'],
    Tags: [],
  });
  for (const [name, { cidrs, host, address }] of Object.entries(GATEWAY_SERVICES)) {
    // One name, two details: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
    ec2.endpointServices.push(detail(name, 'Gateway'), detail(name, 'Interface', host(region)));
    internet[host(region)] = { addresses: [address], ports: [443] };
    ec2.prefixLists.push({
      PrefixListId: `pl-${random.hex(8)}`,
      PrefixListName: `com.amazonaws.${region}.${name}`,
      AddressFamily: 'IPv4',
      State: 'create-complete',
      OwnerId: 'AWS',
      Version: 1,
      cidrs,
    });
  }
  for (const [name, { host, ports, address }] of Object.entries(INTERFACE_SERVICES)) {
    ec2.endpointServices.push(detail(name, 'Interface', host(region)));
    internet[host(region)] = { addresses: [address], ports };
  }
}

export function gatewayEndpoint(
  site: Site,
  options: { vpcId: string; service: string; routeTableIds: readonly string[] },
): string {
  const { account, random } = site;
  const VpcEndpointId = random.id('vpce');
  const ServiceName = `com.amazonaws.${account.region}.${options.service}`;
  account.ec2.vpcEndpoints.push({
    VpcEndpointId,
    VpcEndpointType: 'Gateway',
    VpcId: options.vpcId,
    ServiceName,
    State: 'available',
    RouteTableIds: [...options.routeTableIds],
    SubnetIds: [],
    Groups: [],
    NetworkInterfaceIds: [],
    PrivateDnsEnabled: false,
    RequesterManaged: false,
    DnsEntries: [],
    CreationTimestamp: minutesAgo(site, 30 * DAY),
    OwnerId: account.id,
    Tags: [],
  });
  const DestinationPrefixListId = account.ec2.prefixLists.find(
    (one) => one.PrefixListName === ServiceName,
  )?.PrefixListId;
  for (const table of account.ec2.routeTables) {
    if (!options.routeTableIds.includes(table.RouteTableId ?? '')) continue;
    table.Routes?.push({ DestinationPrefixListId, GatewayId: VpcEndpointId, Origin: 'CreateRoute', State: 'active' });
  }
  return VpcEndpointId;
}

export function interfaceEndpoint(
  site: Site,
  options: { vpcId: string; service: string; subnetIds: readonly string[]; groupIds: string[]; privateDns?: boolean },
): string {
  const { account, random } = site;
  const VpcEndpointId = random.id('vpce');
  const links = options.subnetIds.map((subnetId) =>
    networkInterface(site, subnetId, {
      Description: `VPC Endpoint Interface ${VpcEndpointId}`,
      InterfaceType: 'vpc_endpoint',
      Groups: groupRefs(site, options.groupIds),
    }),
  );
  account.ec2.vpcEndpoints.push({
    VpcEndpointId,
    VpcEndpointType: 'Interface',
    VpcId: options.vpcId,
    ServiceName: `com.amazonaws.${account.region}.${options.service}`,
    State: 'available',
    RouteTableIds: [],
    SubnetIds: [...options.subnetIds],
    Groups: groupRefs(site, options.groupIds),
    NetworkInterfaceIds: links.flatMap((link) => link.NetworkInterfaceId ?? []),
    PrivateDnsEnabled: options.privateDns ?? true,
    RequesterManaged: false,
    DnsEntries: [],
    CreationTimestamp: minutesAgo(site, 30 * DAY),
    OwnerId: account.id,
    Tags: [],
  });
  return VpcEndpointId;
}
