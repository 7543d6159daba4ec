/*
 * On everything that a run makes, so that a person finds it, an undo knows its own, and two runs in one network know each
 * other's.
 */

export const RUN_TAG = 'reconnect:run';
export const SERVICE_TAG = 'reconnect:service';
/** The id of the change in the ledger of the run. */
export const CHANGE_TAG = 'reconnect:change';

const RULE_FOR = 'reconnect: ';

/** What stands on a rule of a security group: EC2 lists rules with their groups without their tags. */
export const ruleDescription = (service: string): string => RULE_FOR + service;

export const isRuleOfAnother = (description: string | null | undefined, service: string): boolean =>
  Boolean(description?.startsWith(RULE_FOR)) && description !== ruleDescription(service);
