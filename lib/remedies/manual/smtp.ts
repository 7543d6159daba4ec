import { startCommand } from '../../domain/start-command.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { SMTP_PORTS, serviceOfHost } from '../../egress/services.ts';
import { aMonth } from '../prices.ts';
import type { Basis } from '../remedy.ts';
import { brokenDependencies } from '../weigh.ts';
import { type ByHand, list } from './guide.ts';

/** The ports of SES, and one more that relays offer where networks block the others. */
const RELAY_PORTS = [...SMTP_PORTS, 2525];

/** A mail relay outside AWS that the VPC does not lead to: SES is one that it can lead to, without the internet. */
export function sesByEndpoint(
  basis: Basis,
): { readonly relays: readonly string[]; readonly byHand: ByHand } | undefined {
  const broken = brokenDependencies(basis);
  const relays = basis.dependencies.filter((one) => broken.includes(one.name) && isRelayOutside(one));
  if (!basis.connector || relays.length === 0) return undefined;
  const { service, region, connector, prices } = basis;
  const ports = list([...new Set(relays.map(({ port }) => port))].map((port) => `tcp/${port}`));
  const host = `email-smtp.${region}.amazonaws.com`;
  return {
    relays: relays.map(({ name }) => name),
    byHand: {
      title: 'Send through SES by an email-smtp interface endpoint, instead of the relay',
      minutes: 30,
      monthlyCostUsd: aMonth(prices.interfaceEndpointHour * zonesOf(basis)),
      redeploys: true,
      security: 'mail stays inside AWS, and nothing else of the internet is opened',
      reversible: true,
      warnings: ['the price is that of the endpoint; SES takes $0.10 for each 1,000 e-mails besides'],
      steps: [
        'verify the domain that mail is sent from, and ask for production access if the account is in the sandbox of SES: https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html',
        `create an interface endpoint for com.amazonaws.${region}.email-smtp in ${list(connector.subnetIds)}, private DNS on, with a security group that lets the port in from ${list(connector.securityGroupIds)}: https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html`,
        `take a port that the endpoint offers (${list(SMTP_PORTS.map(String))}; today ${ports}), and let the groups of the service out to it`,
        'create SMTP credentials of SES for this region, and store them in Secrets Manager: https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html',
        `set host ${host}, port, user and password on ${service.name}, with its own names of the variables: ${startCommand(service, { environment: { variables: { '<host>': host, '<port>': '587' }, secrets: { '<user>': '<ARN>', '<password>': '<ARN>' } } })}`,
        'write the new host into the profile instead of the relay',
      ],
    },
  };
}

const isRelayOutside = ({ aws, host, protocol, port }: EgressDependency): boolean =>
  protocol === 'tcp' && RELAY_PORTS.includes(port) && !aws && host !== undefined && !serviceOfHost(host);

/** An endpoint is paid for in each zone; where the zones are not known, each subnet counts as one. */
function zonesOf({ facts, connector }: Basis): number {
  const zones = (connector?.subnetIds ?? []).map(
    (id) => facts.Subnets?.find(({ SubnetId }) => SubnetId === id)?.AvailabilityZone ?? id,
  );
  return new Set(zones).size;
}
