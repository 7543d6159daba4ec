import { placeOf } from '../../domain/start-command.ts';
import type { Basis } from '../remedy.ts';
import type { ByHand } from './guide.ts';

/* What lies in the network, and no remedy touches: it is shared, or somebody set it on purpose. */

export const inTheVpc = (title: string, security: string, steps: readonly string[]): ByHand => ({
  title,
  steps,
  security,
  minutes: 20,
  redeploys: false,
  reversible: true,
});

export const regionOf = ({ service }: Basis): string => `--region ${placeOf(service.arn).region}`;

/** The VPC of the connector, where its subnets were seen. */
export const vpcOf = ({ facts, connector }: Basis): string =>
  facts.Subnets?.find(({ SubnetId }) => connector?.subnetIds.includes(SubnetId ?? ''))?.VpcId ?? '<vpc>';
