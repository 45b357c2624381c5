"""Prints src/contact/data/countries.csv from the CLDR data in Babel (pip install babel)."""

import babel
from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages

EVERYWHERE = ["en", "de", "fr", "es", "it", "pt", "nl"]
ALIASES = {
    "GB": ["UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"],
    "US": ["U.S.", "U.S.A.", "America", "United States of America", "EE. UU.", "Estados Unidos de América"],
    "NL": ["Holland", "The Netherlands"],
    "AE": ["UAE", "U.A.E.", "Emirates"],
    "CN": ["PRC", "People's Republic of China", "Mainland China"],
    "IE": ["Eire", "Éire", "Republic of Ireland"],
    "KR": ["Korea", "Korea, Republic of", "Republic of Korea"],
    "KP": ["Korea, Democratic People's Republic of"],
    "RU": ["Russian Federation", "РФ"],
    "VN": ["Viet Nam"],
    "CZ": ["Czech Republic"],
    "TR": ["Turkey"],
    "CI": ["Ivory Coast"],
    "MM": ["Burma"],
    "CV": ["Cape Verde"],
    "SZ": ["Swaziland"],
    "MK": ["Macedonia"],
    "HK": ["Hong Kong"],
    "MO": ["Macau", "Macao"],
    "TW": ["Taiwan, Province of China", "Republic of China"],
    "IR": ["Iran, Islamic Republic of"],
    "MD": ["Moldova, Republic of"],
    "TZ": ["Tanzania, United Republic of"],
    "VE": ["Venezuela, Bolivarian Republic of"],
    "BO": ["Bolivia, Plurinational State of"],
    "SY": ["Syrian Arab Republic"],
    "PS": ["Palestine"],
    "CD": ["DR Congo", "Democratic Republic of the Congo"],
    "CG": ["Congo", "Republic of the Congo"],
    "LA": ["Lao People's Democratic Republic"],
    "BN": ["Brunei Darussalam"],
    "VA": ["Holy See"],
    "PL": ["Rzeczpospolita Polska"],
    "DE": ["BRD", "Federal Republic of Germany"],
}
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"}

# Three-letter codes are aliases of two-letter ones in CLDR.
three_letters = {}
for code, targets in get_global("territory_aliases").items():
    if len(code) == 3 and code.isalpha() and len(targets) == 1:
        three_letters.setdefault(targets[0], []).append(code)

english = Locale.parse("en").territories
codes = sorted(c for c in english if len(c) == 2 and c.isalpha() and c not in NOT_COUNTRIES)
print(f"# From Unicode CLDR, Unicode-3.0, by way of Babel {babel.__version__} (PyPI): two-letter code; other codes, names in the")
print("# country's own languages and in English, German, French, Spanish, Italian, Portuguese and Dutch, and other names in use")
for code in codes:
    names = sorted(three_letters.get(code, []))
    for language in EVERYWHERE + list(get_official_languages(code, de_facto=True)):
        try:
            name = Locale.parse(language).territories.get(code)
        except (babel.UnknownLocaleError, ValueError):
            continue
        if name:
            names.append(name)
    names += ALIASES.get(code, [])
    seen, unique = set(), []
    for name in names:
        if name.casefold() not in seen and ";" not in name:
            seen.add(name.casefold())
            unique.append(name)
    print(f"{code};{';'.join(unique)}")
