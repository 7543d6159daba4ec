import { DescribeVpcEndpointServicesCommand, type DescribeVpcEndpointServicesResult } from '@aws-sdk/client-ec2';
import type { EndpointService } from '../remedies/remedy.ts';
import type { Gap } from './collect.ts';
import { canonicalService } from './services.ts';

/** What is needed of an EC2 client, and no more. */
export interface OffersReader {
  send(command: DescribeVpcEndpointServicesCommand): Promise<object>;
}

const ACTION = 'ec2:DescribeVpcEndpointServices';
/** AWS takes 200 values for one filter and answers 1000 services at once: a list that goes on longer never ends. */
const MAX_PAGES = 50;

/**
 * What AWS offers as VPC endpoint for these services. Asked by filter and not by `ServiceNames`, which fails for all of
 * them when one is unknown. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
 */
export async function collectOffers(
  ec2: OffersReader,
  region: string,
  awsNames: readonly string[],
): Promise<{ offers: EndpointService[]; gaps: Gap[] }> {
  const Values = [...new Set(awsNames.map((name) => serviceName(region, name)))].sort();
  if (Values.length === 0) return { offers: [], gaps: [] };
  const offers: EndpointService[] = [];
  try {
    let NextToken: string | undefined;
    for (let pages = 0; ; pages++) {
      if (pages === MAX_PAGES) throw Object.assign(new Error('the list does not end'), { name: 'EndlessPagination' });
      const command = new DescribeVpcEndpointServicesCommand({
        Filters: [{ Name: 'service-name', Values }],
        NextToken,
      });
      const page: DescribeVpcEndpointServicesResult = await ec2.send(command);
      offers.push(...(page.ServiceDetails ?? []).flatMap(offersOf));
      NextToken = page.NextToken;
      if (!NextToken) break;
    }
  } catch (error) {
    return { offers: [], gaps: [{ action: ACTION, because: because(error) }] };
  }
  return { offers: offers.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), gaps: [] };
}

const keyOf = ({ serviceName: name, type }: EndpointService) => `${name} ${type}`;

/** China has a partition of its own. https://docs.amazonaws.cn/en_us/vpc/latest/privatelink/aws-services-privatelink-support.html */
const serviceName = (region: string, name: string): string =>
  `${region.startsWith('cn-') ? 'cn.' : ''}com.amazonaws.${region}.${canonicalService(name)}`;

type Detail = NonNullable<DescribeVpcEndpointServicesResult['ServiceDetails']>[number];

/** One name stands for two services where both types are offered: each comes with a detail of its own. */
const offersOf = (detail: Detail): EndpointService[] =>
  (detail.ServiceType ?? []).flatMap(({ ServiceType: type }): EndpointService[] => {
    if (!detail.ServiceName || (type !== 'Gateway' && type !== 'Interface')) return [];
    const names = detail.PrivateDnsNames?.flatMap(({ PrivateDnsName }) => PrivateDnsName ?? []) ?? [];
    const privateDnsNames = names.length > 0 ? names : [detail.PrivateDnsName ?? []].flat();
    return [
      {
        serviceName: detail.ServiceName,
        type,
        zones: [...(detail.AvailabilityZones ?? [])].sort(),
        privateDnsNames: [...privateDnsNames].sort(),
      },
    ];
  });

/** Only the name: messages of denied calls carry ARNs and encoded statements. */
function because(error: unknown): string {
  const name = error instanceof Error ? error.name : 'an unknown error';
  if (/UnauthorizedOperation|AccessDenied|AuthFailure/.test(name)) return `the permission is missing (${name})`;
  return `the call failed (${name})`;
}
