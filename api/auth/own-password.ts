import { passwordFits } from '../../db/passwords.ts'
import type { Context } from '../endpoint.ts'
import { findRow } from '../crud.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../problems.ts'
import type { Row } from '../rows.ts'
import { deviceOf } from './cookies.ts'
import { isKnownDevice } from './devices.ts'
import { SharedThrottle } from './shared-throttle.ts'

/**
 * Asks a signed-in person for their password again. All routes that do so count together: nobody guesses at each of them
 * anew.
 * @param throttle one for the whole API; made here for tests of one route
 */
export function createPasswordCheck(deps: ApiDeps, throttle = throttleOf(deps)) {
  return async (context: Context, password: string, field = 'password'): Promise<Row> => {
    const { who, req } = context
    const device = deviceOf(deps, req)
    const known = (await isKnownDevice(deps.db, device, who.userId)) ? (device ?? null) : null
    await throttle.begin(who.userId, req.ip ?? '', known)
    const row = await findRow(deps.db, 'users', who.userId)
    const stored = typeof row['password_hash'] === 'string' ? row['password_hash'] : null
    if (!(await passwordFits(password, stored)))
      throw new ApiError('invalid', {
        errors: [
          {
            path: field,
            message: field === 'current' ? 'is not the current password' : `is not the right ${field}`
          }
        ]
      })
    await throttle.succeeded(who.userId, req.ip ?? '', known)
    return row
  }
}

const throttles = new WeakMap<ApiDeps, SharedThrottle>()
function throttleOf(deps: ApiDeps): SharedThrottle {
  const found = throttles.get(deps) ?? new SharedThrottle(deps.db, 'own password')
  throttles.set(deps, found)
  return found
}
