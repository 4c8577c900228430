"""How the report looks: one style sheet, for light, dark, phones and paper."""

from hierbench.models import LOOKS
from hierbench.models.looks import SPARE

__all__ = ["RAMP", "STYLE"]

RAMP = (
    ("#00224e", "#fff"),
    ("#123570", "#fff"),
    ("#3b496c", "#fff"),
    ("#575d6d", "#fff"),
    ("#707173", "#fff"),
    ("#8a8678", "#000"),
    ("#a59c74", "#000"),
    ("#c3b369", "#000"),
    ("#e1cc55", "#000"),
    ("#fee838", "#000"),
)
"""Cividis (Nuñez, Anderton and Renslow 2018), the same to colour-blind readers, in ten steps, with
the ink that is read on each; in the dark as in the light."""

LIGHT = """
  --paper:#ffffff; --raised:#f5f6f8; --ink:#16181d; --soft:#575c66; --line:#d5d8de;
  --accent:#0b5cad; --good:#006b4f; --bad:#a33a00; --warnline:#c58a00;
  --hatch:#e4e6ea;
"""
DARK = """
  --paper:#14161a; --raised:#1e2127; --ink:#e8eaee; --soft:#a7adb8; --line:#3a3f49;
  --accent:#7db8f5; --good:#4ccfa5; --bad:#ff9d63; --warnline:#d9a520;
  --hatch:#2b2f37;
"""
"""Ink on either paper."""


def with_forms(ink: str, shade: str) -> str:
    """Return `ink` and the colour of each form on the same paper."""
    every = {look.colour: look for look in (*LOOKS.values(), *SPARE)}.values()
    forms = (f"--c{look.colour[1:].lower()}:{getattr(look, shade)};" for look in every)
    return f"{ink}  {' '.join(forms)}\n"


RULES = """
*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);
  font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,header,footer{max-width:76rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.25rem;margin:2.6rem 0 .5rem;padding-top:.9rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p,ul,dl{max-width:48rem;margin:.5rem 0}
li{margin:.2rem 0}
a{color:var(--accent)}
code{font:.86em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{overflow-wrap:anywhere}
.soft,caption,figcaption{color:var(--soft);font-size:.875rem}
.first{background:var(--raised);border-left:4px solid var(--warnline);padding:.6rem .9rem;
  max-width:none;margin:1rem 0}
.first p,.first ul{margin:.2rem 0}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.6rem;
  max-width:none;margin:1.2rem 0 0}
.facts div{background:var(--raised);border:1px solid var(--line);border-radius:.4rem;
  padding:.55rem .8rem}
.facts dt{color:var(--soft);font-size:.8rem}
.facts dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums}
nav ul{display:flex;flex-wrap:wrap;gap:.1rem 1rem;list-style:none;padding:0;margin:1rem 0 0;
  max-width:none;font-size:.9rem}
.scroll{overflow-x:auto;margin:.8rem 0 1.2rem}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:0 0 .4rem}
th,td{padding:.28rem .6rem;border-bottom:1px solid var(--line);text-align:right;
  white-space:nowrap;vertical-align:top}
th{font-weight:600;text-align:left}
thead th{color:var(--soft);vertical-align:bottom}
thead th.n{text-align:right}
tbody th{font-weight:400}
td.t{text-align:left;white-space:normal}
.words{display:inline-block;min-width:13rem;max-width:44rem;overflow-wrap:break-word}
.yes{color:var(--good)}.no{color:var(--bad)}
.range{display:block;color:var(--soft);font-size:.8rem;white-space:normal;max-width:8.5rem;
  margin-left:auto}
.heat td{border:2px solid var(--paper);text-align:center;padding:.4rem .7rem;min-width:7.2rem}
.heat thead th{text-align:center}
.heat tbody th{font-weight:600;vertical-align:middle;border:0}
.heat tbody th .soft{font-weight:400}
.heat td b{display:block;font-size:1.05rem}
.heat td span{display:block;font-size:.75rem}
.heat tr.next td,.heat tr.next th{border-top:.7rem solid var(--paper)}
.heat .edge{border-left:.7rem solid var(--paper)}
.out{color:var(--soft);background:repeating-linear-gradient(135deg,var(--raised) 0 6px,
  var(--hatch) 6px 12px)}
.none{color:var(--soft)}
.key{display:flex;align-items:center;flex-wrap:wrap;gap:.15rem;font-size:.8rem;
  color:var(--soft);margin:.3rem 0;max-width:none}
.key span{margin:0 .4rem}
.key i{display:inline-block;width:1.5rem;height:.9rem}
.key i.out{width:2.2rem;margin-left:.6rem;border:1px solid var(--line)}
figure{margin:1rem 0}
figure svg{display:block;height:auto;min-width:34rem;max-width:100%}
figure svg text{font-family:inherit!important}
footer{color:var(--soft);font-size:.85rem;padding-top:1.5rem;padding-bottom:3rem}
@media (max-width:40rem){
  body{font-size:15px}
  main,header,footer{padding-left:.8rem;padding-right:.8rem}
  h1{font-size:1.35rem}
  .facts{grid-template-columns:repeat(2,1fr)}
  .heat td span{white-space:normal;max-width:8.5rem;margin:0 auto}
}
@media print{
  @page{margin:14mm 12mm}
  body{font-size:10pt;background:#fff}
  main,header,footer{max-width:none;padding:0}
  nav,.scroll:focus-visible{display:none;outline:0}
  .scroll{overflow:visible}
  table{font-size:7.5pt}
  th,td{padding:.12rem .3rem;white-space:normal}
  .words{min-width:0;overflow-wrap:anywhere}
  .range,.heat td span,.heat .soft{font-size:6.5pt}
  caption,figcaption{font-size:8.5pt}
  #every-run thead th{overflow-wrap:anywhere}
  td code{overflow-wrap:normal}
  .yes,.no,td data{white-space:nowrap}
  #every-run table{font-size:6pt}
  .heat td{min-width:0;padding:.2rem .3rem}
  h2,h3,caption{break-after:avoid}
  tr,figure,.first{break-inside:avoid}
  figure svg{min-width:0;width:100%}
  .heat td,.out,.key i,.first,.facts div{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
"""

STEPS = "".join(
    f".h{step}{{background:{paper};color:{ink}}}\n" for step, (paper, ink) in enumerate(RAMP)
)

STYLE = (
    f":root{{{with_forms(LIGHT, 'light')}}}\n"
    # Paper is white, whatever the screen is.
    f"@media screen and (prefers-color-scheme:dark){{:root{{{with_forms(DARK, 'dark')}}}}}\n"
    f"{RULES}{STEPS}"
)
