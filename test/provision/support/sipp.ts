import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AsteriskHome } from '../../../pbx/provision/home.ts'

const media = `v=0
o=sipp 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000`

const scenario = (body: string): string =>
  `<?xml version="1.0" encoding="ISO-8859-1" ?><!DOCTYPE scenario SYSTEM "sipp.dtd"><scenario name="test">${body}</scenario>`

const reply = (status: string, withMedia: boolean): string => `<send><![CDATA[

SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
${withMedia ? 'Content-Type: application/sdp\nContent-Length: [len]\n\n' + media : 'Content-Length: 0\n'}

]]></send>`

const play = (file: string): string => `<nop><action><exec rtp_stream="${file},-1,0"/></action></nop>`

const request = (method: string, seq: number, extra: string, body: string): string => `<send><![CDATA[

${method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+79161234567@[local_ip]:[local_port]>;tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>${extra}
Call-ID: [call_id]
CSeq: ${seq} ${method}
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
${body}

]]></send>`

/** Answers, plays a tone, and waits to be hung up. */
export const answering = (tone: string): string =>
  scenario(
    `<recv request="INVITE"/>${reply('180 Ringing', false)}${reply('200 OK', true)}<recv request="ACK"/>${play(tone)}` +
      `<recv request="BYE"/>${reply('200 OK', false)}`
  )

/** Calls, plays a tone once answered, hangs up after `talkMs`. */
export const calling = (tone: string, talkMs: number): string =>
  scenario(
    request('INVITE', 1, '', `Content-Type: application/sdp\nContent-Length: [len]\n\n${media}`) +
      `<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>` +
      `<recv response="200" rrs="true"/>${request('ACK', 1, '[peer_tag_param]', 'Content-Length: 0\n')}${play(tone)}` +
      `<pause milliseconds="${talkMs}"/>${request('BYE', 2, '[peer_tag_param]', 'Content-Length: 0\n')}<recv response="200"/>`
  )

/** Calls and is refused with `status`. */
export const refused = (status: number): string =>
  scenario(
    request('INVITE', 1, '', `Content-Type: application/sdp\nContent-Length: [len]\n\n${media}`) +
      `<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="183" optional="true"/>` +
      `<recv response="${status}"/>${request('ACK', 1, '[peer_tag_param]', 'Content-Length: 0\n')}`
  )

export type SippParty = { host: string; port: number; mediaPort: number; to?: string; service?: string }
export type SippCall = { done: Promise<void>; stop(): void }

/** Runs one call of SIPp; `done` rejects unless the scenario went as written. */
export async function sipp(
  home: AsteriskHome,
  folder: string,
  xml: string,
  party: SippParty
): Promise<SippCall> {
  const name = `sipp-${party.host}-${party.port}`
  const file = join(folder, `${name}.xml`)
  await writeFile(file, xml)
  const { file: program, args } = home.command('sipp', [
    ...(party.to === undefined ? [] : [party.to]),
    ...['-sf', file, '-i', party.host, '-p', String(party.port), '-mi', party.host],
    ...['-min_rtp_port', String(party.mediaPort), '-max_rtp_port', String(party.mediaPort + 19)],
    ...[
      '-m',
      '1',
      '-timeout',
      '30',
      '-timeout_error',
      '-nostdin',
      '-trace_err',
      '-error_file',
      join(folder, `${name}.err`)
    ],
    ...(party.service === undefined ? [] : ['-s', party.service])
  ])
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (words += chunk))
  const done = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${name} ended with ${code}: ${words}`))
    )
  })
  return { done, stop: () => child.kill('SIGKILL') }
}
