import { describe, expect, it } from 'vitest';
import { redeploy } from '../../../lib/remedies/redeploy.ts';
import type { ImageFacts } from '../../../lib/remedies/remedy.ts';
import { broken, CONFIGURATION, diagnosisOf, onlyProposal, probe, serviceBasis, unmet } from './service-basis.ts';

const stale = broken('deployment', 'SMS_PROVIDERS', 'stale-deployment');
const image: ImageFacts = {
  identifier: CONFIGURATION.source,
  digest: 'sha256:abc',
  pushedAt: '2026-11-01T00:00:00.000Z',
  deployedAt: '2026-11-02T00:00:00.000Z',
};
const basis = (more: Parameters<typeof serviceBasis>[0] = {}) =>
  serviceBasis({ image, diagnosis: diagnosisOf([stale], [probe('health', true), probe('otp', false)]), ...more });

describe('a redeployment', () => {
  it('is for a process that is older than its configuration, and bound to the image that was seen', () => {
    const proposal = onlyProposal(redeploy, basis());
    expect(unmet(proposal)).toEqual([]);
    expect(proposal).toMatchObject({
      fixes: ['otp'],
      warnings: [],
      reversible: false,
      step: { target: 'arn:shop', details: { source: CONFIGURATION.source, digest: 'sha256:abc' } },
    });
  });

  it('names what is stale where no probe failed', () => {
    expect(onlyProposal(redeploy, basis({ diagnosis: diagnosisOf([stale]) })).fixes).toEqual(['SMS_PROVIDERS']);
  });

  it('warns, with the digest, when the tag was moved since', () => {
    const moved = { ...image, pushedAt: '2026-11-03T00:00:00.000Z' };
    expect(onlyProposal(redeploy, basis({ image: moved })).warnings.join()).toMatch(
      /pushed at 2026-11-03.*ships other code \(digest sha256:abc\)/,
    );
  });

  it('promises no way back that is not there', () => {
    const undoOf = (more: Parameters<typeof basis>[0]) => onlyProposal(redeploy, basis(more)).step?.undo;
    expect(undoOf({})).toMatch(/^nothing to take back: .* names the image that runs now, sha256:abc/);
    expect(undoOf({ image: { ...image, pushedAt: '2026-11-03T00:00:00.000Z' } })).toMatch(
      /^no way back to the image that runs now: .* names another one by now \(sha256:abc\)/,
    );
    expect(undoOf({ image: { identifier: image.identifier, unseen: 'denied' } })).toMatch(/^no sure way back/);
  });

  it('warns when nobody could look', () => {
    const unseen = { identifier: image.identifier, unseen: 'it is in another region' };
    const proposal = onlyProposal(redeploy, basis({ image: unseen }));
    expect(proposal.warnings[0]).toContain('it is in another region');
    expect(proposal.step?.details.digest).toBeNull();
  });

  it('does not warn where the digest is pinned', () => {
    const source = `${CONFIGURATION.source}@sha256:abc`;
    const pinned = basis({
      configuration: { ...CONFIGURATION, source },
      image: { identifier: source, digest: 'sha256:abc' },
    });
    expect(onlyProposal(redeploy, pinned).warnings).toEqual([]);
  });

  it.each([
    ['a deployment that failed', broken('deployment', 'last', 'deployment-failed')],
    ['a fallback in use', broken('providers', 'sms', 'fallback-in-use')],
    ['a service that is set to another image', broken('deployment', 'image', 'stale-deployment')],
  ])('is not for %s', (_, finding) => {
    expect(redeploy.propose(basis({ diagnosis: diagnosisOf([finding]) }))).toEqual([]);
  });
});
