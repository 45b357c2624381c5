"""Prints src/contact/data/legal-forms.txt from cleanco's terms (pip install cleanco)."""

import re
import unicodedata
from importlib.metadata import version

from cleanco.termdata import terms_by_country, terms_by_type

# Forms that cleanco lacks, and other spellings of those it has.
MORE = """
ug; ug haftungsbeschrankt; haftungsbeschrankt; gmbh co kg; gmbh und co kg; gmbh & co. kgaa; mbh; gbr; ohg; ek; eg; se
dac; clg; cio; cic; ulc; teoranta; cpt
pvt ltd; pvt. ltd.; private limited; pvt; pte ltd; pte. ltd.; pty; pty limited; proprietary limited; ltd co; co ltd; co limited; company limited
s.a. de c.v.; sa de cv; s. de r.l. de c.v.; sapi de cv; s.a.p.i. de c.v.; s.a.s.; sas; sasu; sa; sl; slu; s.l.u.; s.c.; scp; eirl; me; mei; eireli; s/a
spa; srls; s.r.l.s.; sapa; snc; societa per azioni
sp zoo; spzoo; sp. z o. o.; sp. j.; sp. k.; s.k.a.; spolka akcyjna
as; a.s.; a.ş.; aş; san. ve tic.; tic; ltd sti; ltd. şti.
kk; k.k.; kabushiki kaisha; yk; y.k.; gk; g.k.; godo kaisha
jsc; pjsc; ojsc; cjsc; oao; zao; pao; ao; ooo; tov; pat; prat; fop
fze; fzco; fz llc; wll; w.l.l.; psc; bsc; saog
oy ab; ky; tmi; as oy; asa; ans; enk; ivs; aps; a/s; k/s; i/s; hf; ehf
pt; tbk; cv; bhd; sdn bhd; sdn. bhd.
ab; hb; kb; eood; ead; ood; ad; doo; d.o.o.; dooel; dd; jdoo; j.d.o.o.; sro; s.r.o.; zrt; kft; bt; nyrt
inc; incorporated; corp; corporation; llc; l.l.c.; lllp; llp; lp; pllc; plc; pc; pa; na; co; company; limited; ltd; ltda; lda; limitada; unlimited
eurl; sarl; sca; scop; sci; selarl; gie; bvba; srl; sprl; asbl; vzw; cvba; vof; nv; bv; cv; stichting
tnhh; cong ty tnhh; cong ty co phan; jsc vietnam
"""
# Short terms that are ordinary words or names on their own.
NOT_ALONE = {"da", "et", "pp", "ay", "ee", "mb", "sd", "nl", "stg", "vat", "dat", "oe", "aat", "xt", "xk", "ij", "esv", "private", "ses", "gte", "sep", "na", "me", "teo", "pa", "ec", "comm", "zat", "rt", "qk", "sal", "aj", "uk", "ok", "is", "ent", "gs", "bl", "ss", "sp", "ik", "ca", "coop", "ba", "koop", "at", "ps", "ei", "fa", "gp", "ud", "od", "tic"}


def words(term):
    """The same steps as company.rs: fold, join dotted letters, split at the rest of the punctuation."""
    text = unicodedata.normalize("NFKD", term.lower().replace("ł", "l").replace("ş", "s"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = text.replace("/", "").replace("&", " ")
    out = []
    for raw in re.split(r"[\s,;:()]+", text):
        parts = [p for p in raw.split(".") if p]
        if all(len(p) <= 2 for p in parts):
            parts = ["".join(parts)]
        out += [re.sub(r"[^a-z0-9]", "", p) for p in parts]
    return " ".join(w for w in out if w)


terms = {t for table in (terms_by_type, terms_by_country) for group in table.values() for t in group}
terms |= {t for line in MORE.splitlines() for t in line.split(";")}
forms = {words(t) for t in terms if t.strip()}
print(f"# From cleanco {version('cleanco')} (PyPI), MIT, with spellings found in contact exports. Lower-case words as company.rs makes them. Sorted.")
for form in sorted(f for f in forms if f and f.isascii() and f not in NOT_ALONE):
    print(form)
