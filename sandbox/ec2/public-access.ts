import type { Account } from '../account.ts';

/** What DescribeVpcs and DescribeSubnets report for these resources (a subnet and its VPC, or a VPC alone). */
export function publicAccessMode({ ec2 }: Account, ids: readonly string[]): string {
  const mode = ec2.blockPublicAccess.InternetGatewayBlockMode ?? 'off';
  const exclusions = ec2.blockPublicAccessExclusions.filter(
    ({ ResourceArn = '', State }) =>
      ['create-complete', 'update-complete'].includes(State ?? '') && ids.some((id) => ResourceArn.endsWith(`/${id}`)),
  );
  if (mode === 'off' || exclusions.some((one) => one.InternetGatewayExclusionMode === 'allow-bidirectional'))
    return 'off';
  return exclusions.length > 0 ? 'block-ingress' : mode;
}
