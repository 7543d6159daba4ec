import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { openWorld, type World } from './world.ts';

const SECRETS = 'com.amazonaws.us-west-2.secretsmanager';

/** `s3-and-secrets`, but Secrets Manager has its endpoint: only S3 is broken, until somebody takes the endpoint away. */
export async function withEndpoint(): Promise<{ world: World; takeAway: () => Promise<unknown> }> {
  const world = await openWorld('s3-and-secrets');
  const [connector] = world.sandbox.account.apprunner.connectors;
  const { subnets } = world.sandbox.account.ec2;
  const ec2 = new EC2Client({});
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcEndpointType: 'Interface',
      ServiceName: SECRETS,
      VpcId: subnets.find(({ SubnetId }) => SubnetId === connector?.Subnets?.[0])?.VpcId,
      SubnetIds: connector?.Subnets,
      SecurityGroupIds: connector?.SecurityGroups,
      PrivateDnsEnabled: true,
    }),
  );
  const [group] = world.sandbox.account.ec2.securityGroups.filter(({ GroupId = '' }) =>
    connector?.SecurityGroups?.includes(GroupId),
  );
  group?.IpPermissions?.push({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] });
  await world.sandbox.clock.sleep(180_000);
  const takeAway = async () => {
    const VpcEndpointIds = [VpcEndpoint?.VpcEndpointId ?? ''];
    await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }));
    await world.sandbox.clock.sleep(80_000);
    const { VpcEndpoints } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    return VpcEndpoints;
  };
  return { world, takeAway };
}
