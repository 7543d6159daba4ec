import type { Finding } from '../domain/finding.ts';
import { judgeScene } from '../egress/scene.ts';
import type { Case } from './case.ts';

/** Judges a shared case: pure, and the same findings that were made where it was collected. */
export const judgeCase = ({ gaps = [], ...scene }: Case): Finding[] => judgeScene({ ...scene, gaps });
