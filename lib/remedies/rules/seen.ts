import type { IpPermission } from '@aws-sdk/client-ec2';

/** Rules as text in one order, one for each other side, to hold before against after. */
export const rulesOut = (permissions: readonly IpPermission[] | undefined): string[] =>
  (permissions ?? [])
    .flatMap(({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }) => {
      const sides = [
        ...(IpRanges ?? []).map(({ CidrIp }) => CidrIp),
        ...(Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
        ...(PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
        ...(UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
      ];
      return sides.map((side) => `${IpProtocol} ${FromPort ?? -1}-${ToPort ?? -1} ${side}`);
    })
    .sort();
