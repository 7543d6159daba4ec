import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distance, nearest } from '../../../lib/nearest.ts';
import { HELP, parseCommand, unknownService } from '../../../lib/slack/command.ts';

const mistake = (text: string): string => {
  const command = parseCommand(text);
  return 'mistake' in command ? command.mistake : '';
};

describe('/reconnect', () => {
  it.each([
    ['', { verb: 'help' }],
    ['  HELP ', { verb: 'help' }],
    ['list', { verb: 'list' }],
    ['diagnose nerava-backend', { verb: 'diagnose', service: 'nerava-backend' }],
    ['Plan `nerava-backend`', { verb: 'plan', service: 'nerava-backend' }],
    ['plan “nerava-backend”', { verb: 'plan', service: 'nerava-backend' }],
    ['repair nerava-backend', { verb: 'repair', service: 'nerava-backend' }],
    [
      'repair nerava-backend no  SMS &amp; no mail',
      { verb: 'repair', service: 'nerava-backend', reason: 'no SMS & no mail' },
    ],
    ['status', { verb: 'status' }],
    ['status nerava-backend', { verb: 'status', service: 'nerava-backend' }],
    ['undo slack-0123', { verb: 'undo', run: 'slack-0123' }],
  ])('understands %j', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  it.each([
    ['rapair nerava-backend no sms', '`/reconnect repair nerava-backend no sms`'],
    ['diag nerava-backend', '`/reconnect diagnose nerava-backend`'],
    ['stauts', '`/reconnect status [service]`'],
    ['lsit all', '`/reconnect list`'],
    ['repair', '`/reconnect repair &lt;service&gt; [reason]`'],
    ['undo', '`/reconnect undo &lt;run&gt;`'],
    ['list everything', '`/reconnect list`'],
    ['plan one two', '`/reconnect plan one`'],
  ])('answers %j with the nearest right command', (text, offered) => {
    expect(mistake(text)).toContain(offered);
  });

  it('answers what is near nothing with all there is', () => {
    expect(mistake('xyzzyplugh')).toContain(HELP);
  });

  it('refuses a reason and a run that would be refused later', () => {
    expect(mistake(`repair nerava-backend ${'x'.repeat(501)}`)).toContain('500 characters');
    expect(mistake('undo a/b')).toContain('not the name of a run');
  });

  it('lets no text of a person become a mention', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(mistake(`${text} <!channel> <@U1>`)).not.toMatch(/<[!@]/);
      }),
    );
  });

  it('offers the nearest service in the command that was meant', () => {
    const said = unknownService({ verb: 'plan', service: 'nerva-backend' }, ['atlas', 'nerava-backend']);
    expect(said).toContain('`/reconnect plan nerava-backend`');
    expect(unknownService({ verb: 'plan', service: 'zzzzzz' }, ['nerava-backend'])).not.toContain('Did you mean');
    expect(unknownService({ verb: 'plan', service: 'zzzzzz' }, [])).toContain('No service has a profile yet');
  });
});

describe('the distance of two words', () => {
  it('counts a swap as one slip', () => {
    expect(distance('stauts', 'status')).toBe(1);
    expect(distance('', 'undo')).toBe(4);
    expect(distance('plan', 'plan')).toBe(0);
  });

  it('is the same both ways, and never more than the longer word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        expect(distance(a, b)).toBe(distance(b, a));
        expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });

  it('is bounded for a word of any length', () => {
    expect(nearest('x'.repeat(1_000_000), ['plan'])).toBeUndefined();
  });
});
