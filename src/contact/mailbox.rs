//! Kinds of mailbox by the name before the `@`: one person's, a role's, or a filler.
//!
//! Owns the word lists (role names after RFC 2142 and contact exports in several languages; fillers people type into
//! forms). Given canonical local part and domain. A sample domain alone is no filler, because test data uses them.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::MailboxKind;

/// Names of shared mailboxes. After RFC 2142, and what companies in Europe and the Americas publish.
static ROLES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "abuse accounting accounts accountspayable accountsreceivable admin administracao administracion administration
     administrator admissions ads advertising all ap ar assistance atencionalcliente atendimento billing biuro
     board booking bookings buchhaltung bureau business careers central comercial commercial communications
     compliance compras comptabilite contabilidad contabilita contact contacto contactus contato contatti
     customercare customerservice customersupport data dev developers direccion direction dpo einkauf empfang
     emploi engineering enquiries enquiry events everyone facturacion fatturazione feedback finance financeiro
     frontdesk ftp general gerencia hello help helpdesk hi hola hostmaster hr inbox info information infos
     inquiries inquiry invoice invoices invoicing it jobs kontakt kundenservice legal list mail mailbox management
     manager marketing media membership news newsletter noc office officemanager operations ops order orders
     partner partners partnerships payments payroll personal post postmaster postvaktor pr press presse privacy
     procurement purchasing recepcion reception rechnung recruiting recruitment registration rh root sales
     secretaria secretariat secretary security sekretariat service services shop staff store subscribe suporte
     support sysadmin team tech technical ufficio usenet uucp vendas vendite ventas verkauf vertrieb verwaltung web
     webmaster welcome www zentrale"
        .split_whitespace()
        .collect()
});

/// Names nobody reads mail at, or that say there is no address. Fillers at whatever domain.
static NOBODY: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "anonymous asdf asdfasdf asdfgh bounce bounces devnull donotreply fake invalid mailerdaemon nobody noemail
     nomail none noreply null qwerty unknown unsubscribe"
        .split_whitespace()
        .collect()
});

/// Words that are a filler when the domain is one too (`test@test.com`, `no@email.com`), or when anybody could have the
/// mailbox (`test@gmail.com`).
static FILLERS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "a aa aaa abc abcd anon asd bar customer demo domain dummy email example foo guest mail me my myemail n na name
     no nope sample something temp test test1 test123 tester testing testtest user username x xx xxx xyz you
     yourname z zzz"
        .split_whitespace()
        .collect()
});

/// Domain names, without suffix, that people make up, beside the fillers themselves.
static FILLER_DOMAINS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "asdf company domain email example mail mydomain noemail none yourdomain".split_whitespace().collect()
});

/// Longest word that is looked at without making a text of it, in bytes: the longest local part (RFC 5321 §4.5.3.1.1).
const WORD_MAX: usize = 64;

/// The kind of a mailbox. `local` is lower-case; `domain` too.
pub(super) fn kind(local: &str, domain: &str, free_mail: bool) -> MailboxKind {
    let base = local.split_once('+').map_or(local, |(base, _)| base);
    let mut room = [0; WORD_MAX];
    let word = match without_marks(base, &mut room) {
        Some(word) => word,
        None => &base.replace(['.', '-', '_'], ""),
    };
    let label = domain.split_once('.').map_or(domain, |(label, _)| label);
    let filler = |word: &str| FILLERS.contains(word) || (word.len() >= 3 && is_one_letter(word));
    if NOBODY.contains(word) {
        return MailboxKind::Placeholder;
    }
    if filler(word) && (filler(label) || FILLER_DOMAINS.contains(label) || NOBODY.contains(label) || free_mail) {
        return MailboxKind::Placeholder;
    }
    if ROLES.contains(word) || is_numbered_role(word) || matches!(word, "test" | "demo" | "testing" | "user" | "email")
    {
        return MailboxKind::Role;
    }
    MailboxKind::Personal
}

/// The word without dots, hyphens and underscores, if there is room for it.
fn without_marks<'a>(word: &'a str, room: &'a mut [u8; WORD_MAX]) -> Option<&'a str> {
    let is_mark = |byte: &u8| matches!(byte, b'.' | b'-' | b'_');
    if !word.as_bytes().iter().any(is_mark) {
        return Some(word);
    }
    let mut length = 0;
    for (byte, place) in word.bytes().filter(|byte| !is_mark(byte)).zip(room.iter_mut()) {
        *place = byte;
        length += 1;
    }
    if word.len() > WORD_MAX { None } else { str::from_utf8(room.get(..length)?).ok() }
}

fn is_one_letter(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.windows(2).all(|pair| pair[0] == pair[1])
}

/// `info2`, `sales01`.
fn is_numbered_role(word: &str) -> bool {
    let base = word.trim_end_matches(|c: char| c.is_ascii_digit());
    base.len() < word.len() && base.len() >= 4 && ROLES.contains(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_mailboxes_are_roles() {
        for local in ["customer.service", "accounts-payable", "info2", "kontakt", "info+news", "test"] {
            assert_eq!(kind(local, "hillside.example", false), MailboxKind::Role, "{local}");
        }
    }

    #[test]
    fn fillers_are_placeholders_and_sample_domains_alone_are_not() {
        for (local, domain) in [
            ("test", "test.com"),
            ("none", "none.com"),
            ("na", "na.com"),
            ("no", "email.com"),
            ("email", "example.com"),
            ("asdf", "asdf.com"),
            ("no-reply", "hillside.example"),
            ("noemail", "noemail.com"),
            ("aaaa", "aaa.com"),
            ("test", "gmail.com"),
        ] {
            assert_eq!(kind(local, domain, domain == "gmail.com"), MailboxKind::Placeholder, "{local}@{domain}");
        }
        for (local, domain) in
            [("ann.lee", "example.com"), ("bop", "bop.hr"), ("a", "hillside.example"), ("mia", "test.com")]
        {
            assert_eq!(kind(local, domain, false), MailboxKind::Personal, "{local}@{domain}");
        }
    }
}
