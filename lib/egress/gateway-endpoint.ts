import { missing, type Trip } from './checks.ts';
import type { CompiledRoute } from './route.ts';
import { beingMade, broken, ok, type Step, unknown } from './steps.ts';
import { lower } from './world.ts';

/** The policy an endpoint gets by default lets everything through; what any other lets through is not judged. */
export function policyRemark(policy: string | undefined): string {
  if (!policy) return '';
  try {
    const { Statement } = JSON.parse(policy) as { Statement?: unknown };
    const statements = (Array.isArray(Statement) ? Statement : [Statement]) as Record<string, unknown>[];
    const open = statements.every(
      (statement) =>
        statement?.Effect === 'Allow' &&
        !statement.Condition &&
        ['Action', 'Resource', 'Principal'].every((key) =>
          ['*', '{"AWS":"*"}'].includes(
            typeof statement[key] === 'string' ? statement[key] : JSON.stringify(statement[key]),
          ),
        ),
    );
    if (open) return '';
  } catch {
    return '; its policy could not be read';
  }
  return '; it has a policy of its own, which is not judged here';
}

/**
 * A route to a `vpce-` is a gateway endpoint (S3, DynamoDB) or a Gateway Load Balancer endpoint.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
export function gatewayEndpoint({ world, target }: Trip, route: CompiledRoute, vpcId: string): Step {
  const kind = 'endpoint';
  const { id } = route;
  const endpoints = world.facts.VpcEndpoints;
  const endpoint = endpoints?.find(({ VpcEndpointId }) => VpcEndpointId === id);
  if (!endpoint) {
    if (!endpoints) return missing(kind, id, 'not collected', 'ec2:DescribeVpcEndpoints');
    if (world.isShared(vpcId)) return missing(kind, id, 'not there', '');
    return broken(kind, id, 'endpoint-closed', `The route leads to ${id}, but there is no such endpoint.`);
  }
  const type = lower(endpoint.VpcEndpointType ?? 'gateway');
  if (type !== 'gateway')
    return unknown(
      kind,
      id,
      `${id} is an endpoint of type ${endpoint.VpcEndpointType}: what the appliance behind it does is outside this check.`,
    );
  const state = lower(endpoint.State ?? 'available');
  if (state === 'pending') return beingMade(kind, id, `The gateway endpoint ${id}`);
  if (state !== 'available')
    return broken(kind, id, 'endpoint-closed', `The gateway endpoint ${id} is in state ${state}.`);
  return ok(kind, id, `The gateway endpoint ${id} carries ${target.label}${policyRemark(endpoint.PolicyDocument)}.`);
}
