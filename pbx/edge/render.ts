/** What the edge is told when it starts; nodes, carriers and telephones come later and change while it runs. */
export interface EdgeSettings {
  /** Where carriers and telephones reach it, by UDP and TCP. */
  sipHost: string
  sipPort: number
  /** Where web servers bring the WebSockets of signed-in people; nobody else may reach it. */
  webHost: string
  webPort: number
  /** On loopback: our own orders. */
  controlPort: number
  /** `postgres://…` of the contacts; null keeps them in memory only. */
  databaseUrl: string | null
  modulesDir: string
  /** Holds `dispatcher.list`, `address.list` and the pid. */
  dir: string
}

/** Realm of the telephones' passwords. */
export const realm = 'ringtrace'

/** As whom the edge asks nodes whether they live. */
export const edgeName = 'trunk-edge'

/** Requests a source may send within two seconds before it counts as a flood. */
export const floodLimit = 60
/** Wrong passwords before a source is banned. */
export const wrongPasswords = 10
export const banSeconds = 300

/** Words in User-Agent that only scanners send. */
const scanners = 'friendly-scanner|sipvicious|sipcli|sip-scan|sipsak|sundayddr|iWar|VaxSIPUserAgent|pplsip'

/** Who calls: set by the edge alone, and believed by the nodes because only the edge reaches them. */
export const trunkHeader = 'X-Ringtrace-Trunk'

/** Kamailio's configuration. Pure. */
export function renderEdge(settings: EdgeSettings): string {
  const { sipHost, sipPort, webHost, webPort, controlPort, databaseUrl } = settings
  for (const text of [settings.dir, settings.modulesDir, sipHost, webHost, databaseUrl ?? ''])
    if (/["\n\r]/.test(text)) throw new Error(`The edge cannot be configured with ${JSON.stringify(text)}`)
  return `#!KAMAILIO
# Written by Ringtrace at each start.
debug=1
log_stderror=yes
fork=yes
children=2
tcp_children=2
auto_aliases=no
server_header="Server: Ringtrace"
user_agent_header="User-Agent: Ringtrace"
sip_warning=0
tcp_connection_lifetime=3605
tcp_accept_no_cl=yes
version_table="edge_version"
listen=udp:${sipHost}:${sipPort}
listen=tcp:${sipHost}:${sipPort}
listen=tcp:${webHost}:${webPort}
listen=tcp:127.0.0.1:${controlPort}
mpath="${settings.modulesDir}"

${[
  'kex',
  'corex',
  'tm',
  'tmx',
  'sl',
  'rr',
  'pv',
  'maxfwd',
  'textops',
  'siputils',
  'xlog',
  'nathelper',
  'path',
  ...(databaseUrl === null ? [] : ['db_postgres']),
  'usrloc',
  'registrar',
  'auth',
  'dispatcher',
  'permissions',
  'htable',
  'pike',
  'xhttp',
  'websocket',
  'jsonrpcs'
]
  .map((name) => `loadmodule "${name}.so"`)
  .join('\n')}

# A node that is silent for this long is passed over.
modparam("tm", "fr_timer", 2000)
modparam("tm", "fr_inv_timer", 120000)
modparam("tm", "failure_reply_mode", 3)
modparam("rr", "enable_double_rr", 1)
modparam("nathelper", "received_avp", "$avp(received)")
modparam("registrar", "received_avp", "$avp(received)")
modparam("registrar", "method_filtering", 0)
modparam("registrar", "max_contacts", 5)
modparam("registrar", "max_expires", 600)
modparam("registrar", "min_expires", 30)
modparam("registrar", "default_expires", 120)
# A closed tab takes its telephone along.
modparam("usrloc", "handle_lost_tcp", 1)
modparam("usrloc", "timer_interval", 10)
modparam("usrloc", "preload", "edge_location")
${databaseUrl === null ? 'modparam("usrloc", "db_mode", 0)' : `modparam("usrloc", "db_mode", 1)\nmodparam("usrloc", "db_url", "${databaseUrl}")`}
modparam("auth", "nonce_expire", 120)
modparam("dispatcher", "list_file", "${settings.dir}/dispatcher.list")
# Keeps the other nodes at hand for when the first is silent.
modparam("dispatcher", "flags", 2)
# Changes may follow one another at once: they come from us, one at a time.
modparam("dispatcher", "reload_delta", 0)
modparam("permissions", "reload_delta", 0)
modparam("dispatcher", "ds_ping_method", "OPTIONS")
modparam("dispatcher", "ds_ping_from", "sip:${edgeName}@${sipHost}")
modparam("dispatcher", "ds_ping_interval", 2)
modparam("dispatcher", "ds_probing_mode", 1)
modparam("dispatcher", "ds_probing_threshold", 2)
modparam("dispatcher", "ds_inactive_threshold", 1)
modparam("dispatcher", "ds_ping_reply_codes", "class=2;code=401;code=403;code=404;code=405")
modparam("dispatcher", "xavp_dst", "_dsdst_")
modparam("permissions", "address_file", "${settings.dir}/address.list")
modparam("permissions", "peer_tag_avp", "$avp(trunk)")
modparam("htable", "htable", "phones=>size=12;")
modparam("htable", "htable", "wrong=>size=10;autoexpire=${banSeconds};")
modparam("htable", "htable", "ban=>size=10;autoexpire=${banSeconds};")
modparam("pike", "sampling_time_unit", 2)
modparam("pike", "reqs_density_per_unit", ${floodLimit})
modparam("pike", "remove_latency", 10)
modparam("jsonrpcs", "transport", 1)

request_route {
  route(GUARD);
  if (!mf_process_maxfwd_header("20")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("OPTIONS") && uri == myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) { route(RELAY); } exit; }
  if (has_totag()) { route(WITHIN); exit; }
  t_check_trans();
  if (is_method("REGISTER")) { route(REGISTER); exit; }
  if (!is_method("INVITE|OPTIONS|MESSAGE|REFER|NOTIFY")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  remove_hf("${trunkHeader}");
  if (is_method("INVITE")) { record_route(); }
  if (ds_is_from_list("1")) { route(FROM_NODE); } else { route(TO_NODE); }
  exit;
}

# Nobody learns anything here: whoever floods or scans gets no answer at all. Nodes and signed-in people are not counted.
route[GUARD] {
  if (ds_is_from_list("1") || $Rp == ${webPort}) { return; }
  if ($sht(ban=>$si) != $null) { exit; }
  if ($ua =~ "${scanners}") { $sht(ban=>$si) = 1; xlog("L_WARN", "A scanner is banned: $si\\n"); exit; }
  if (allow_source_address("1")) { return; }
  if (!pike_check_req()) { $sht(ban=>$si) = 1; xlog("L_WARN", "A flood is banned: $si\\n"); exit; }
}

route[REGISTER] {
  if (ds_is_from_list("1")) { $var(x) = 1; loose_route(); route(RELAY); exit; }
  $var(secret) = "x";
  if ($sht(phones=>$tU) != $null) { $var(secret) = $sht(phones=>$tU); }
  if (!pv_www_authenticate("${realm}", "$var(secret)", "1")) {
    if ($hdr(Authorization) != $null) { route(WRONG); }
    auth_challenge("${realm}", "1");
    exit;
  }
  if ($au != $tU || $sht(phones=>$tU) == $null) { route(WRONG); sl_send_reply("403", "Forbidden"); exit; }
  consume_credentials();
  fix_nated_register();
  if (!save("edge_location", "0x04")) { sl_reply_error(); }
}

route[WRONG] {
  $var(count) = 1;
  if ($sht(wrong=>$si) != $null) { $var(count) = $(sht(wrong=>$si){s.int}) + 1; }
  $sht(wrong=>$si) = $var(count);
  if ($Rp != ${webPort} && $var(count) > ${wrongPasswords}) {
    $sht(ban=>$si) = 1;
    xlog("L_WARN", "Too many wrong passwords: $si is banned\\n");
  }
}

# A node calls a telephone, or a carrier: then the route that led here was its whole wish.
route[FROM_NODE] {
  loose_route();
  if (uri == myself) {
    if (!lookup("edge_location")) { sl_send_reply("480", "Temporarily Unavailable"); exit; }
  }
  t_on_reply("PHONE");
  route(RELAY);
}

# The same Call-ID always goes to the same node: it asks for a password, and the answer must find it.
route[TO_NODE] {
  remove_hf("Route");
  if ($fU == "${edgeName}") { sl_send_reply("403", "Forbidden"); exit; }
  if (allow_source_address("1")) { append_hf("${trunkHeader}: $avp(trunk)\\r\\n"); }
  set_contact_alias();
  if (!ds_select_dst("1", "0")) { sl_send_reply("503", "Service Unavailable"); exit; }
  t_on_failure("NEXT_NODE");
  route(RELAY);
}

route[WITHIN] {
  if (loose_route()) {
    if ($du == $null) { handle_ruri_alias(); }
    if (is_method("NOTIFY|INVITE") ) { record_route(); }
    t_on_reply("PHONE");
    route(RELAY);
    exit;
  }
  if (is_method("ACK")) { if (t_check_trans()) { route(RELAY); } exit; }
  sl_send_reply("404", "Not here");
}

route[RELAY] {
  if (!t_relay()) { sl_reply_error(); }
}

onreply_route[PHONE] {
  if (!ds_is_from_list("1")) { set_contact_alias(); }
}

failure_route[NEXT_NODE] {
  if (t_is_canceled()) { exit; }
  if (t_check_status("50[0234]") || (t_branch_timeout() && !t_branch_replied())) {
    if (t_branch_timeout()) { ds_mark_dst("tp"); }
    if (ds_next_dst()) { t_on_failure("NEXT_NODE"); t_relay(); exit; }
  }
}

event_route[xhttp:request] {
  if ($Rp == ${webPort} && $hdr(Upgrade) =~ "websocket") {
    if (!ws_handle_handshake()) { xhttp_reply("400", "Bad Request", "", ""); }
    exit;
  }
  if ($Rp == ${controlPort} && $si == "127.0.0.1" && $hu =~ "^/rpc") { jsonrpc_dispatch(); exit; }
  xhttp_reply("404", "Not Found", "", "");
}
`
}

/** A node as the edge sees it: drained ones get no new calls. */
export interface EdgeNode {
  /** `host:port`. */
  sipAddress: string
  isDraining: boolean
}

/** Flag of a destination that gets no calls, yet is known to be a node. */
const disabled = 4

export function renderNodes(nodes: readonly EdgeNode[]): string {
  return nodes
    .map(({ sipAddress, isDraining }) => `1 sip:${sipAddress} ${isDraining ? disabled : 0} 0\n`)
    .join('')
}

/** Carriers by address: `address` is one address or a network. */
export function renderCarriers(carriers: readonly { endpoint: string; address: string }[]): string {
  return carriers
    .map(({ endpoint, address }) => {
      const [ip = '', mask = ip.includes(':') ? '128' : '32'] = address.split('/')
      return `1 ${ip} ${mask} 0 ${endpoint}\n`
    })
    .join('')
}
