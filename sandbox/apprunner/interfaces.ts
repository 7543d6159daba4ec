import { groupRefs, networkInterface } from '../build/interfaces.ts';
import type { Site } from '../build/site.ts';

/**
 * App Runner makes one network interface per subnet and set of security groups, when a service first uses a connector.
 * They have private addresses only. https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html
 * Returns whether any had to be made, which takes App Runner some minutes.
 */
export function attachConnector(site: Site, connectorArn: string | undefined): boolean {
  const connector = site.account.apprunner.connectors.find((one) => one.VpcConnectorArn === connectorArn);
  let made = false;
  for (const subnetId of connector?.Subnets ?? []) {
    const groups = connector?.SecurityGroups ?? [];
    if (ours(site, subnetId, groups).length > 0) continue;
    made = true;
    networkInterface(site, subnetId, {
      Description: `AWSAppRunner ENI - ${connector?.VpcConnectorName}`,
      Groups: groupRefs(site, groups),
      InterfaceType: 'fargate',
      RequesterManaged: false,
      TagSet: [{ Key: 'AWSAppRunnerManaged', Value: 'true' }],
    });
  }
  return made;
}

/** Takes away the interfaces that no service uses any more. */
export function releaseConnector(site: Site, connectorArn: string | undefined): void {
  const { apprunner, ec2 } = site.account;
  const used = apprunner.services.flatMap(({ running }) => {
    const arn = running.NetworkConfiguration.EgressConfiguration?.VpcConnectorArn;
    return apprunner.connectors.filter((one) => one.VpcConnectorArn === arn);
  });
  const connector = apprunner.connectors.find((one) => one.VpcConnectorArn === connectorArn);
  for (const subnetId of connector?.Subnets ?? []) {
    const groups = connector?.SecurityGroups ?? [];
    const stillUsed = used.some((one) => one.Subnets?.includes(subnetId) && sameSet(one.SecurityGroups ?? [], groups));
    if (stillUsed) continue;
    const gone = ours(site, subnetId, groups);
    ec2.networkInterfaces = ec2.networkInterfaces.filter((one) => !gone.includes(one));
  }
}

const ours = ({ account }: Site, subnetId: string, groups: readonly string[]) =>
  account.ec2.networkInterfaces.filter(
    ({ SubnetId, InterfaceType, Groups = [] }) =>
      InterfaceType === 'fargate' &&
      SubnetId === subnetId &&
      sameSet(
        Groups.flatMap(({ GroupId }) => GroupId ?? []),
        groups,
      ),
  );

const sameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item) => b.includes(item));
