/** Names in the payloads of Slack: a button or a view comes back with them. */
export const ACTIONS = {
  approve: 'approve',
  decline: 'decline',
  arrived: 'confirm-yes',
  missing: 'confirm-no',
} as const;
export const DELIVERY_VIEW = 'delivery';

/** The block of the buttons: it says whether a code that arrived can be tried. */
export const blockOfDelivery = (takesCode: boolean): string => (takesCode ? 'delivery-with-code' : 'delivery');

const plain = (text: string) => ({ type: 'plain_text', text });
const MOST_TEXT = 3000;
const YES = { text: plain('Yes, it arrived'), value: 'yes' };
const NO = { text: plain('No, it did not'), value: 'no' };

/** Asks whether it arrived and, where it can be tried, for the code. `about`: of the message whose button was pressed, as Slack escapes it. https://docs.slack.dev/reference/views/modal-views */
export function deliveryModal(question: string, takesCode: boolean, about = ''): object {
  const subject = { type: 'section', text: { type: 'mrkdwn', text: about.slice(0, MOST_TEXT), verbatim: true } };
  const arrived = {
    type: 'input',
    block_id: 'arrived',
    label: plain('Did it arrive?'),
    element: { type: 'radio_buttons', action_id: 'arrived', options: [YES, NO], initial_option: YES },
  };
  const code = {
    type: 'input',
    block_id: 'code',
    optional: true,
    label: plain('The code, if one came with it'),
    hint: plain('It is tried once through the service’s door and kept nowhere.'),
    element: { type: 'plain_text_input', action_id: 'code', max_length: 24 },
  };
  return {
    type: 'modal',
    callback_id: DELIVERY_VIEW,
    private_metadata: question,
    title: plain('Delivery'),
    submit: plain('Send'),
    close: plain('Cancel'),
    clear_on_close: true,
    blocks: [...(about ? [subject] : []), arrived, ...(takesCode ? [code] : [])],
  };
}

export interface DeliveryAnswer {
  readonly question: string;
  readonly delivered: boolean;
  readonly code?: string;
}

/** Errors are keyed by block, as Slack shows them. */
export type Submission = { readonly answer: DeliveryAnswer } | { readonly errors: Readonly<Record<string, string>> };

export interface SubmittedView {
  readonly callback_id?: string;
  readonly private_metadata?: string;
  readonly state?: {
    readonly values?: Readonly<
      Record<
        string,
        Readonly<
          Record<string, { readonly value?: string | null; readonly selected_option?: { value?: string } | null }>
        >
      >
    >;
  };
}

/** Reads what was submitted. No error repeats what was typed. */
export function readSubmission({ private_metadata: question = '', state }: SubmittedView): Submission {
  const choice = state?.values?.arrived?.arrived?.selected_option?.value;
  if (choice !== 'yes' && choice !== 'no') return { errors: { arrived: 'Say whether it arrived.' } };
  const delivered = choice === 'yes';
  const code = (state?.values?.code?.code?.value ?? '').replace(/\s/g, '');
  if (!delivered || code === '') return { answer: { question, delivered } };
  if (!/^[A-Za-z0-9-]{3,16}$/.test(code)) {
    return { errors: { code: 'A code has 3 to 16 letters, digits or hyphens. Leave it empty if none came.' } };
  }
  return { answer: { question, delivered, code } };
}
