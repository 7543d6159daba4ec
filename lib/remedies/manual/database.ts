import { startCommand } from '../../domain/start-command.ts';
import type { EgressDependency } from '../../egress/facts.ts';
import { activeGroups, databaseOf } from '../../egress/plan.ts';
import { type DBInstance, lower } from '../../egress/world.ts';
import type { Basis } from '../remedy.ts';
import { destinations, type Guide, list } from './guide.ts';
import { inTheVpc, regionOf } from './vpc.ts';

export const databaseUnreachable: Guide = (basis, subjects) => {
  const wanted = basis.dependencies.filter(({ name }) => subjects.includes(name));
  const seen = wanted.map((dependency) => ({ dependency, db: databaseOf(basis.facts.DBInstances, dependency) }));
  const isHidden = seen.some(({ db }) => db && isOutOfReach(basis, db));
  return inTheVpc(
    `Make the database reachable (${list(subjects)})`,
    'let in the security groups of the service, never all of the internet',
    [
      ...seen.flatMap(({ dependency, db }) => (db ? stateSteps(basis, db) : look(basis, dependency))),
      ...(seen.length === 0 ? look(basis) : []),
      ...seen.flatMap(({ dependency, db }) => (db && isOutOfReach(basis, db) ? anotherWay(basis, dependency, db) : [])),
      ...(isHidden
        ? [
            `then start a run, which switches ${basis.service.name} to it, with an approval and a way back: ${startCommand(basis.service)}`,
          ]
        : [
            `does its security group let ${destinations(basis, subjects)} in from ${list(basis.connector?.securityGroupIds ?? []) || 'where the service leaves'}?`,
          ]),
      'how: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html',
    ],
  );
};

const isOutOfReach = ({ configuration }: Basis, { PubliclyAccessible }: DBInstance) =>
  configuration.egress.type === 'DEFAULT' && PubliclyAccessible === false;

const startOf = (basis: Basis, id: string) =>
  `aws rds start-db-instance ${regionOf(basis)} --db-instance-identifier ${id}`;

const look = (basis: Basis, dependency?: EgressDependency): string[] => [
  `is it available? Look: aws rds describe-db-instances ${regionOf(basis)} --query 'DBInstances[].[DBInstanceIdentifier,DBInstanceStatus,PubliclyAccessible]' --output table`,
  `if it was stopped, start it: ${startOf(basis, dependency?.rds ?? '<identifier>')}`,
];

function stateSteps(
  basis: Basis,
  { DBInstanceIdentifier: id = '<identifier>', DBInstanceStatus }: DBInstance,
): string[] {
  const state = lower(DBInstanceStatus ?? 'available');
  if (state === 'available') return [];
  if (state === 'stopped') return [`${id} is stopped: start it: ${startOf(basis, id)}`];
  return [
    `${id} is in state ${state}, which means: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html`,
  ];
}

function anotherWay(basis: Basis, { name, protocol, port }: EgressDependency, db: DBInstance): string[] {
  const groups = activeGroups(db);
  return [
    `${db.DBInstanceIdentifier ?? name} is private, and egress DEFAULT leads to nothing private: ${basis.service.name} has to leave through the VPC`,
    `choose or make a connector in private subnets of ${db.DBSubnetGroup?.VpcId ?? 'its VPC'}, which lead to a NAT gateway for what is on the internet: https://docs.aws.amazon.com/apprunner/latest/dg/network-vpc.html`,
    `let ${protocol}/${port} in to ${list(groups) || 'the groups of the database'} from the groups of that connector`,
  ];
}
