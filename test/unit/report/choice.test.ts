import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../lib/domain/plan.ts';
import { decidedOn, fixesOf, monthlyCost, optionsOf, stagesOf, stateOf } from '../../../lib/report/choice.ts';
import { FIXTURES } from './fixtures.ts';
import { option, plan } from './incident.ts';
import { planOfTwoStages, twoRounds } from './rounds.ts';

const needsHuman = FIXTURES['needs-human'].plan;

describe('stateOf', () => {
  it('calls chosen what has the remedy and the title of a step', () => {
    expect(stateOf(option, plan)).toBe('chosen');
    expect(stateOf({ ...option, title: 'another of the same kind' }, plan)).toBe('possible');
  });
  it('calls chosen what is blocked alone and part of the plan', () =>
    expect(stateOf({ ...option, blocked: true }, plan)).toBe('chosen'));
  it('does not call blocked what a person has to do', () =>
    expect(needsHuman.options.map((one) => stateOf(one, needsHuman))).toEqual([
      'blocked',
      'blocked',
      'by-hand',
      'by-hand',
    ]));
});

describe('optionsOf', () => {
  it('puts what a person can do before what is blocked', () =>
    expect(optionsOf(needsHuman).map(({ remedy }) => remedy)).toEqual([
      'manual',
      'manual',
      'use-default-egress',
      'add-nat-gateway',
    ]));
  it('leaves the plan as it is', () => {
    optionsOf(needsHuman);
    expect(needsHuman.options[0]?.remedy).toBe('use-default-egress');
  });
});

it('says that an option fixes nothing, unless it is for a person', () => {
  expect(fixesOf({ ...option, fixes: [] })).toEqual(['nothing that is broken']);
  expect(fixesOf({ ...option, remedy: 'manual', fixes: [] })).toEqual([]);
});

describe('stagesOf', () => {
  const titles = (of: Plan) => stagesOf(of).map(({ title, from, steps }) => [title, from, steps.length]);
  it('needs no title for one stage', () => expect(titles(plan)).toEqual([[undefined, 1, 1]]));
  it('keeps what is done now from what is done only if needed', () =>
    expect(titles(planOfTwoStages)).toEqual([
      ['Now', 1, 1],
      ['Only if the door still does not answer', 2, 1],
    ]));
  it('tries the door between later stages too', () => {
    const [first, second] = planOfTwoStages.steps;
    if (!first || !second) throw new Error('two steps expected');
    const steps = [first, second, { ...second, stage: 3 }];
    expect(titles({ ...planOfTwoStages, steps }).at(-1)).toEqual(['Only if it still does not answer after that', 3, 1]);
  });
});

describe('monthlyCost', () => {
  it('is silent when nothing is paid', () => expect(monthlyCost(plan)).toBeUndefined());
  it('adds up the chosen steps', () => expect(monthlyCost(twoRounds.plan)).toBe('7.30 USD'));
  it('says what comes on top only if needed', () =>
    expect(monthlyCost(planOfTwoStages)).toBe('0 USD now, 7.30 USD if every step is needed'));
  it('does not forget the rounds before', () =>
    expect(monthlyCost({ ...twoRounds.plan, earlier: [{ ...planOfTwoStages, now: 2 }] })).toBe(
      '7.30 USD, besides 7.30 USD for the steps of earlier rounds',
    ));
});

describe('decidedOn', () => {
  const { approval } = twoRounds;
  if (!approval) throw new Error('an approval expected');
  it('names the round whose plan it was', () =>
    expect(decidedOn(twoRounds.plan, approval)).toBe('the plan of round 1'));
  it('says so when it was none of them', () =>
    expect(decidedOn(twoRounds.plan, { ...approval, planHash: 'feedbeef' })).toBe('another plan'));
  it('is silent about the last plan', () => expect(decidedOn(planOfTwoStages, approval)).toBeUndefined());
});
