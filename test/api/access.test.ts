import { expect } from 'chai'
import { access, type RouteKey } from '../../api/access.ts'
import { roles } from '../../api/contract/common.ts'
import { startRig, type Rig } from './support/rig.ts'

const nobody = '00000000-0000-4000-8000-000000000000'
const routes = Object.keys(access) as RouteKey[]

/** Answers that say "you may, but there is no such thing" or "but not like this". */
const beyondTheDoor = [200, 201, 202, 204, 404, 409, 415, 422]

describe('Who may call what', function () {
  this.timeout(60_000)
  let rig: Rig
  before(async () => {
    rig = await startRig()
  })
  after(() => rig.close())

  function split(route: RouteKey): [string, string] {
    const [method = '', path = ''] = route.split(' ')
    return [method, path.replace(':id', nobody)]
  }

  for (const route of routes) {
    const rule = access[route]
    // Signing out would end the sessions that the other cases need.
    if (route === 'POST /api/auth/logout') continue

    if (rule === 'public' || rule === 'internal') {
      it(`answers ${route} to anybody here`, async () => {
        const [method, path] = split(route)
        expect((await rig.request(method, path)).status).to.be.oneOf([...beyondTheDoor, 401])
      })
      continue
    }

    it(`keeps ${route} from strangers`, async () => {
      const [method, path] = split(route)
      const answer = await rig.request(method, path, { body: method === 'GET' ? undefined : {} })
      expect(answer.body).to.include({ status: 401, code: 'not_signed_in' })
    })

    for (const role of roles) {
      const isAllowed = (rule as readonly string[]).includes(role)
      it(`${isAllowed ? 'opens' : 'closes'} ${route} to ${role}`, async () => {
        const [method, path] = split(route)
        const person = rig.as[role]
        const answer =
          method === 'GET'
            ? await person.get(path)
            : await person.send(method, path, { presence: 'nonsense' })
        // An operator may ask to hang up, but is in no call here.
        const isOwnCallsOnly = role === 'operator' && route.endsWith('/hangup')
        if (isAllowed && !isOwnCallsOnly) expect(answer.status).to.be.oneOf(beyondTheDoor)
        else expect(answer.body).to.include({ status: 403, code: 'forbidden' })
      })
    }

    if (!route.startsWith('GET ')) {
      it(`refuses ${route} without the CSRF token`, async () => {
        const [method, path] = split(route)
        const { cookie } = rig.as.admin
        for (const headers of [{ cookie }, { cookie, 'X-CSRF-Token': 'guessed' }]) {
          const answer = await rig.request(method, path, { body: {}, headers })
          const isAdmins = (rule as readonly string[]).includes('admin')
          expect(answer.body['code']).to.equal(isAdmins ? 'csrf_failed' : 'forbidden')
        }
      })
    }
  }

  it('serves no route that the table does not name', async () => {
    for (const path of ['/api/settings', '/api/users/x/y', '/api', '/api/Users%2F..']) {
      expect((await rig.as.admin.get(path)).body).to.include({ status: 404, code: 'not_found' })
    }
  })

  it('says which methods an address takes', async () => {
    const answer = await rig.as.admin.send('PUT', '/api/users', {})
    expect(answer.body).to.include({ status: 405, code: 'method_not_allowed' })
    expect(answer.headers.get('Allow')).to.equal('GET, POST')
  })
})
