//! Levels of companies, by their names and by their domains.

use super::{Comparer, Findings};
use crate::link::levels::Level;
use crate::link::similarity;
use crate::link::weights::Bits;

impl Comparer<'_> {
    /// Company and company domain: the stronger agreement counts, once. Returns whether the company agrees.
    pub(super) fn company(&self, left: u32, right: u32, most: f64, found: &mut Findings) -> bool {
        let features = self.features;
        let (one, other) = (features.companies_of(left), features.companies_of(right));
        let (one_domain, other_domain) = (features.company_domains_of(left), features.company_domains_of(right));
        let mut best: Option<(Level, Bits)> = None;
        let mut offer = |level: Level, bits: Bits| {
            if best.is_none_or(|known| bits > known.1) {
                best = Some((level, bits));
            }
        };
        for company in one {
            for second in other {
                let level = self.company_level((*company).min(*second), (*company).max(*second));
                offer(level, self.company_bits(level, *company, *second));
            }
        }
        for domain in one_domain.iter().filter(|domain| other_domain.contains(domain)) {
            let share = self.share(features.domains.count(*domain));
            offer(Level::DomainSame, self.weights.agreeing(Level::DomainSame, share));
        }
        for (companies, domains) in [(one, other_domain), (other, one_domain)] {
            for company in companies {
                let is_domain = |domain: &u32| {
                    let texts = || (features.domains.text(*domain), features.companies.text(*company));
                    self.memos.company_domains.is(*domain, *company, || is_domain_of(texts().0, texts().1))
                };
                if domains.iter().any(is_domain) {
                    let share = self.share(features.companies.count(*company));
                    offer(Level::CompanyIsDomain, self.weights.agreeing(Level::CompanyIsDomain, share));
                }
            }
        }
        if let Some((level, bits)) = best {
            found.push(level, bits.min(Bits::new(most)));
        }
        best.is_some_and(|(level, _)| level != Level::CompanyDifferent)
    }

    fn company_level(&self, one: u32, other: u32) -> Level {
        if one == other {
            return Level::CompanySame;
        }
        if self.memos.companies.is(one, other, || self.are_similar(one, other)) {
            Level::CompanySimilar
        } else {
            Level::CompanyDifferent
        }
    }

    fn are_similar(&self, one: u32, other: u32) -> bool {
        let (left, right) = (self.features.companies.text(one), self.features.companies.text(other));
        let numbered = |text: &str| text.contains(|character: char| character.is_ascii_digit());
        if numbered(left) && numbered(right) && !similarity::same_digits(left, right) {
            // Two branches, two lodges, two numbered firms.
            return false;
        }
        similarity::is_typo(left, right)
            || similarity::jaro_winkler(left, right) >= 0.93
            || self.company_overlap(left, right) >= 0.65
    }

    /// Share of the words two company names have in common, each word counted by how rare it is: two branches of one chain
    /// share most of their words and are told apart by the last.
    fn company_overlap(&self, left: &str, right: &str) -> f64 {
        let companies = f64::from(self.weights.scale.companies);
        let weight = |word: &str| {
            let count = self.features.company_words.get(word).copied().unwrap_or(1);
            (companies / f64::from(count) + 1.0).ln()
        };
        similarity::weighted_overlap(left, right, weight)
    }

    fn company_bits(&self, level: Level, one: u32, other: u32) -> Bits {
        let count = self.features.companies.count(one).max(self.features.companies.count(other));
        match level {
            Level::CompanySame => self.weights.agreeing(level, self.share(count)),
            Level::CompanySimilar => self.weights.agreeing(level, 2.0 * self.share(count)),
            _ => self.weights.plain(level),
        }
    }
}

/// Whether a domain is a company's by its name: `acmewidgets.com` for "acme widgets".
fn is_domain_of(domain: &str, company: &str) -> bool {
    let label = domain.split('.').next().unwrap_or_default().replace('-', "");
    let letters: String = company.chars().filter(char::is_ascii_alphanumeric).collect();
    label.len() >= 4 && letters.len() >= 4 && (letters == label || (label.len() >= 6 && letters.starts_with(&label)))
}
