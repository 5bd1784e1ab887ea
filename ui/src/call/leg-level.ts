import type { LegQuality } from '../../../api/contract/quality.ts'
import { limits, poorMos } from '../softphone/quality.ts'

/** How a whole leg sounded; null where nothing was measured. */
export function levelOfLeg(leg: LegQuality): 'good' | 'fair' | 'poor' | null {
  const { mos, worstMos, problems, reconnects } = leg
  const wasDeaf = problems.includes('noSound') || problems.includes('silentMicrophone')
  if (wasDeaf || (mos !== null && mos < poorMos)) return 'poor'
  if (problems.length > 0 || reconnects > 0 || (worstMos !== null && worstMos < limits.mos)) return 'fair'
  return mos === null ? null : 'good'
}
