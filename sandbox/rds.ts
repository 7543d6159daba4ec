import type { DescribeDBInstancesMessage } from '@aws-sdk/client-rds';
import type { Account } from './account.ts';
import { filtered } from './ec2/filter.ts';
import type { Api } from './http/api.ts';
import { AwsError } from './http/errors.ts';
import type { Model } from './http/model.ts';
import { invalidToken, page, questionOf } from './http/paging.ts';
import model from './models/rds.json' with { type: 'json' };

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html */
const FILTERS = {
  'db-cluster-id': 'DBClusterIdentifier',
  'db-instance-id': 'DBInstanceIdentifier',
  'dbi-resource-id': 'DbiResourceId',
  domain: 'DomainMemberships.Domain',
  engine: 'Engine',
};
const PAGE = { least: 20, most: 100 };

export function rdsApi(account: Account): Api {
  return {
    model: model as unknown as Model,
    codes: { type: 'InvalidParameterValue', missing: 'MissingParameter', constraint: 'InvalidParameterValue' },
    operations: {
      DescribeDBInstances: (input: DescribeDBInstancesMessage) => {
        const { DBInstanceIdentifier: id, Filters, MaxRecords = PAGE.most, Marker } = input;
        if (MaxRecords < PAGE.least || MaxRecords > PAGE.most) {
          const message = `Invalid value ${MaxRecords} for MaxRecords. Must be between ${PAGE.least} and ${PAGE.most}`;
          throw new AwsError('InvalidParameterValue', message);
        }
        const { instances } = account.rds;
        // Identifiers are stored in lower case and found in any, or by ARN.
        const named = instances.filter(({ DBInstanceIdentifier, DBInstanceArn }) =>
          id === undefined ? true : DBInstanceIdentifier === id.toLowerCase() || DBInstanceArn === id,
        );
        if (id !== undefined && named.length === 0)
          throw new AwsError('DBInstanceNotFound', `DBInstance ${id} not found.`, { status: 404 });
        const literal = Filters?.map(({ Name, Values }) => ({
          Name,
          Values: Values?.map((value) => value.replace(/[*?\\]/g, '\\$&')),
        }));
        const { items, next } = page(filtered(named, literal, FILTERS), {
          size: MaxRecords,
          token: Marker,
          question: questionOf('DescribeDBInstances', { ...input }),
          invalid: invalidToken('InvalidParameterValue', 'Invalid or expired marker'),
        });
        return { DBInstances: items, Marker: next };
      },
    },
  };
}
