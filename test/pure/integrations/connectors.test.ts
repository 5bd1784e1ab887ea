import { expect } from 'chai'
import { matched } from '../../../api/connector-words.ts'
import { createBucket } from '../../../integrations/connectors/bucket.ts'
import { hidden, hiddenUrl } from '../../../integrations/connectors/hide.ts'
import { awayPauseMs, jobPauseMs } from '../../../integrations/connectors/schedule.ts'

describe('The frame of connectors', () => {
  it('lets a burst through, then so many a second', () => {
    const bucket = createBucket(3, 2)
    const waits = [0, 0, 0, 0, 0].map(() => bucket.take(1000))
    expect(waits).to.deep.equal([0, 0, 0, 500, 1000])
    expect(bucket.take(10_000), 'a pause empties it').to.equal(0)
  })

  it('hides secrets wherever they stand, and nothing else', () => {
    expect(
      hidden({ auth: 'x', deep: [{ access_token: 'y', PHONE_NUMBER: '+7' }], clientSecret: 'z' })
    ).to.deep.equal({
      auth: '•••',
      deep: [{ access_token: '•••', PHONE_NUMBER: '+7' }],
      clientSecret: '•••'
    })
    expect(hiddenUrl('https://a.example/t?client_secret=x&refresh_token=y&a=1')).to.not.match(/=x|=y/)
    expect(hiddenUrl('https://a.example/rest/1/abc123/method')).to.not.include('abc123')
    expect(hidden('a\0b')).to.equal('ab')
  })

  it('gives one call up after days, and a whole system never', () => {
    const pauses = Array.from({ length: 20 }, (_, number) => jobPauseMs(number + 1))
    expect(pauses.filter((pause) => pause !== null).reduce((sum, pause) => sum + pause, 0)).to.be.greaterThan(
      40 * 3600_000
    )
    expect(pauses.at(-1)).to.equal(null)
    expect(awayPauseMs(1)).to.equal(2000)
    expect(awayPauseMs(1000)).to.equal(300_000)
  })

  it('matches nobody where two would fit', () => {
    const user = (id: string, name: string) => ({ id, name, login: id, extension: null })
    const foreign = { id: '1', name: 'Анна  Смирнова', extension: null, mail: null }
    expect(matched([foreign], [user('a', 'Смирнова Анна')])[0]?.userId).to.equal('a')
    expect(matched([foreign], [user('a', 'Анна Смирнова'), user('b', 'Анна Смирнова')])[0]?.userId).to.equal(
      null
    )
  })
})
