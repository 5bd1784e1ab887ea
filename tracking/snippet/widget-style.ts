/** The widget's look. `--c` is the site's colour, `--t` what reads on it. */
export const style = `
:host{all:initial}
*{box-sizing:border-box;margin:0;font:15px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif}
.root{--line:#d9dcdb;--soft:#f4f6f5;--dim:#5b6461;--text:#1c2220;--paper:#fff;--bad:#a8321a;color:var(--text)}
[hidden]{display:none!important}
.call{position:fixed;bottom:20px;width:60px;height:60px;border:0;border-radius:50%;background:var(--c);color:var(--t);cursor:pointer;box-shadow:0 4px 18px rgb(0 0 0/22%);display:grid;place-items:center;padding:0;transition:transform .15s}
.call:hover{transform:scale(1.05)}
.call svg{width:27px;height:27px;fill:currentColor}
.call::before{content:"";position:absolute;inset:0;border-radius:50%;border:2px solid var(--c);animation:pulse 2.6s ease-out 3}
@keyframes pulse{0%{transform:scale(1);opacity:.7}70%,100%{transform:scale(1.55);opacity:0}}
.right{right:20px}.left{left:20px}
.panel{position:fixed;bottom:92px;width:min(340px,calc(100vw - 24px));max-height:calc(100vh - 110px);overflow:auto;background:var(--paper);border-radius:16px;box-shadow:0 12px 44px rgb(0 0 0/24%),0 0 0 1px rgb(0 0 0/5%);padding:20px}
h2{font-size:19px;font-weight:650;line-height:1.25;padding-right:28px}
.panel p{color:var(--dim);margin-top:6px;font-size:14px}
.x{position:absolute;top:12px;right:12px;width:32px;height:32px;border:0;background:none;border-radius:8px;cursor:pointer;color:var(--dim);display:grid;place-items:center}
.x:hover{background:var(--soft)}
.x svg{width:16px;height:16px;stroke:currentColor;stroke-width:2;fill:none}
form{margin-top:14px;display:grid;gap:11px}
label,.label{display:block;font-size:13px;font-weight:600}
.row{display:flex;gap:8px;margin-top:4px}
input:not([type=checkbox]),select{width:100%;min-height:44px;border:1px solid var(--line);border-radius:10px;padding:8px 12px;background:var(--paper);color:var(--text);font-size:16px}
.row select{width:auto;flex:none;padding-right:4px}
.one{margin-top:4px}
.code{flex:none;align-self:center;color:var(--dim);font-size:16px}
input[aria-invalid=true]{border-color:var(--bad)}
.agree{display:flex;gap:9px;align-items:flex-start;font-weight:400;color:var(--dim)}
.agree input{width:18px;height:18px;margin:1px 0 0;flex:none;accent-color:var(--c)}
a{color:inherit}
.go{min-height:46px;border:0;border-radius:10px;background:var(--c);color:var(--t);font-size:16px;font-weight:600;cursor:pointer;padding:8px 16px;width:100%}
.go[disabled]{opacity:.65;cursor:default}
.error{color:var(--bad)!important;font-size:14px;font-weight:500}
.big{font-size:22px;font-weight:650;margin-top:14px;font-variant-numeric:tabular-nums}
.bar{height:4px;border-radius:2px;background:var(--soft);margin-top:14px;overflow:hidden}
.bar i{display:block;height:100%;width:40%;background:var(--c);border-radius:2px;animation:run 1.4s ease-in-out infinite alternate}
@keyframes run{from{transform:translateX(-20%)}to{transform:translateX(170%)}}
.note{font-size:13px!important}
.trap{position:absolute;left:-9999px;width:1px;height:1px;overflow:hidden}
:focus-visible{outline:3px solid var(--c);outline-offset:2px}
.call:focus-visible{outline-color:var(--text);box-shadow:0 0 0 3px #fff}
@media (prefers-reduced-motion:reduce){*,*::before{animation:none!important;transition:none!important}.bar i{width:100%}}
@media print{.root{display:none}}
@media (max-width:420px){.panel{bottom:88px}.right{right:12px}.left{left:12px}}`

/** Black or white, whichever reads better on the colour. */
export function textOn(colour: string): string {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#111' : '#fff'
}
