/*
 * Step Functions carries 262,144 bytes from state to state, and nothing can catch that there were more. What the parts
 * of a run may take of it, in bytes of JSON; test/unit/domain/room.test.ts adds them up at their worst.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */

/** A profile as it travels, with every default written out. The parameter that holds one takes 8 KB at most. */
export const PROFILE = 24_576;
/** What a request wants the environment to be. */
export const WANTED = 8192;

/** Twelve kilobytes less than the limit: whoever reads the report adds nothing to it. */
export const REPORT_IN_OUTPUT = 250_000;
/** An item of DynamoDB holds 400 KB; how the end was told is added later. */
export const REPORT_IN_TABLE = 360_000;

/** What each branch of a diagnosis may bring. */
export const BRANCH = {
  egress: 70_000,
  environment: 60_000,
  deployment: 12_000,
  logs: 25_000,
  providers: 15_000,
  probes: 12_000,
} as const;

/** A diagnosis that is an execution of its own. */
export const DIAGNOSIS_ALONE = 230_000;
/** One that belongs to a run, which carries its first and its last. */
export const DIAGNOSIS = 20_000;

export const BASELINE = 6000;
export const OPTIONS = 16_000;
/** Of one plan; a run carries those of three and the one under way. What is approved is never cut. */
export const STEPS = 16_000;
/** The ways after the repair. */
export const PICTURE = 20_000;
