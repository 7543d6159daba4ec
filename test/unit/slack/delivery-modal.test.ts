import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryModal, readSubmission } from '../../../lib/slack/delivery-modal.ts';
import { problemsOfView } from '../../../sandbox/slack/blocks.ts';

const submitted = (arrived: string | undefined, code?: string | null) => ({
  private_metadata: 'question',
  state: {
    values: {
      arrived: { arrived: { selected_option: arrived === undefined ? null : { value: arrived } } },
      code: { code: { value: code } },
    },
  },
});

describe('the dialog about a delivery', () => {
  it.each([true, false])('is within the limits of Slack (asks for a code: %s)', (takesCode) => {
    const view = deliveryModal('0123456789abcdef0123456789abcdef', takesCode) as Record<string, unknown>;
    expect(problemsOfView(view)).toEqual([]);
    expect(JSON.stringify(view).includes('plain_text_input')).toBe(takesCode);
  });

  it('says which service it is about and what is asked', () => {
    const about = 'nerava-backend: did the SMS arrive? &lt;ask&gt;';
    const view = deliveryModal('question', true, about) as Record<string, unknown>;
    expect(problemsOfView(view)).toEqual([]);
    expect(JSON.stringify(view)).toContain(about);
    expect(problemsOfView(deliveryModal('question', true, 'x'.repeat(9000)) as Record<string, unknown>)).toEqual([]);
  });

  it('is read as it was filled in', () => {
    expect(readSubmission(submitted('yes', ' 123 456 '))).toEqual({
      answer: { question: 'question', delivered: true, code: '123456' },
    });
    expect(readSubmission(submitted('yes', null))).toEqual({ answer: { question: 'question', delivered: true } });
    expect(readSubmission(submitted('no', '123456'))).toEqual({ answer: { question: 'question', delivered: false } });
  });

  it('says which field is wrong, and never repeats a code', () => {
    expect(readSubmission(submitted(undefined))).toEqual({ errors: { arrived: expect.any(String) } });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9]{17,40}$/), (code) => {
        const read = readSubmission(submitted('yes', code));
        expect(read).toEqual({ errors: { code: expect.any(String) } });
        expect(JSON.stringify(read)).not.toContain(code);
      }),
    );
    expect(readSubmission({})).toEqual({ errors: { arrived: expect.any(String) } });
  });
});
