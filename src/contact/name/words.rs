//! The words around names: titles, suffixes, degrees, particles, fillers, and words that mark an organisation.
//!
//! Owns the lists and answers about single folded words. Lists are short and closed classes; open classes (names,
//! nicknames) come from data.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Forms of address before a name, folded.
const TITLES: &str = "mr mrs ms miss mx mstr master dr doctor prof professor rev reverend fr father sister hon judge sir dame lady \
     lord capt captain col colonel gen general lt maj major sgt cpl cmdr adm pvt herr frau hr fru mme mlle mons monsieur madame \
     mademoiselle sr sra srta senor senora senorita sig sigra signor signora signorina dott dottssa dottoressa avv ing arch dipl \
     mag med dipling dra profa enga rabbi imam sheikh shri smt dhr mevr mw pan pani bay bayan tuan puan encik haji";

/// Forms of address that are nobody's name, so that one alone is no name either ("Major" and "Judge" are).
const ADDRESSES: &str = "mr mrs ms miss mx dr prof rev sir hon rt herr frau hr mme mlle madame monsieur sr sra srta senor \
     senora sig sigra signor signora dott dottssa";

/// Degrees and professional letters after a name, folded.
const DEGREES: &str = "phd md mba cpa cfa pmp esq esquire dds dmd dvm jd llm llb rn pe msc bsc mphil dphil edd psyd mph cissp cfp \
     aicp pmpacp obe mbe cbe kbe frcs facs meng beng";

/// Words that belong to the surname that follows, folded.
const PARTICLES: &str = "van von vom zu zur zum der den dem de del della delle dello di da do dos das du des la las le les lo los \
     ter ten te op af av bin ibn bint binti ben abu al el ul o mc mac fitz san santa st saint dal dalla degli dei";

/// Whole names that are none, folded and without spaces.
const FILLERS: &str = "guest customer customers test tests tester testuser testtest testing none null nil unknown visitor anonymous noname nan \
     undefined tbc tbd user users username lead contact name firstname lastname fullname firstnamelastname firstlast surname asdf asdfasdf qwerty \
     demo demouser demoaccount sample dummy client prospect member nobody someone subscriber unbekannt inconnu \
     desconocido sconosciuto anonym anonyme noone notavailable notapplicable notprovided notgiven noemail deleteduser newuser \
     newlead example johnqpublic foo foobar xx xxx xxxx abc privat keine";

/// Colours Intercom gives visitors it cannot name (`Green Bicycle from Lyon`).
const COLOURS: &str = "amber aqua azure beige black blue bronze brown burgundy charcoal cobalt copper coral cream crimson cyan emerald fuchsia \
     gold golden gray green grey indigo ivory jade khaki lavender lemon lilac lime magenta maroon mauve mint navy ochre olive \
     orange peach pearl pink plum purple red rose ruby russet rust salmon sand sapphire scarlet silver tan teal turquoise \
     umber vermilion violet white yellow";

/// Words of which a department's name is made, folded.
const DEPARTMENT: &str = "team dept department support sales admin administration administrator office accounts accounting payable receivable billing reception \
     marketing information info hello contact hr finance helpdesk desk service services customer customers care enquiries \
     inquiries orders purchasing procurement ap ar legal it operations ops general front the and of press media technical tech \
     success relations human resources head company webmaster newsletter noreply mail mailbox kontakt vertrieb buchhaltung";

/// Last words that only companies and institutions have, folded. Legal forms that are surnames too (Sa, Co, As) are left out.
const ORGANISATION_ENDS: &str = "inc llc ltd limited gmbh corp corporation incorporated plc llp sarl srl ltda pty pvt kft sro doo spzoo aps \
     oyj eurl bv nv spa company solicitors consulting logistics technologies solutions holdings university association foundation \
     institute council hospital clinic accountants architects textiles recruitment insurance packaging electronics software \
     analytics networks robotics pharma ventures airways realty associates partners";

/// Generation suffixes as written → as kept.
const GENERATIONS: &[(&str, &str)] = &[
    ("jr", "jr"),
    ("jnr", "jr"),
    ("junior", "jr"),
    ("sr", "sr"),
    ("snr", "sr"),
    ("senior", "sr"),
    ("ii", "ii"),
    ("2nd", "ii"),
    ("iii", "iii"),
    ("3rd", "iii"),
    ("iv", "iv"),
    ("4th", "iv"),
];

/// Words between two given names.
pub(super) const JOINING: &[&str] = &["and", "und", "et", "y"];

/// Cells that say that they are empty, compared without case.
const NOTHING: &[&str] = &["n/a", "n.a.", "none", "null", "nil", "nan", "unknown", "undefined", "tbc", "tbd", "-"];

type Words = LazyLock<FxHashSet<&'static str>>;

static TITLE_SET: Words = LazyLock::new(|| TITLES.split_whitespace().collect());
static DEGREE_SET: Words = LazyLock::new(|| DEGREES.split_whitespace().collect());
static PARTICLE_SET: Words = LazyLock::new(|| PARTICLES.split_whitespace().collect());
static FILLER_SET: Words = LazyLock::new(|| FILLERS.split_whitespace().collect());
static COLOUR_SET: Words = LazyLock::new(|| COLOURS.split_whitespace().collect());
static DEPARTMENT_SET: Words = LazyLock::new(|| DEPARTMENT.split_whitespace().collect());
static ORGANISATION_SET: Words = LazyLock::new(|| ORGANISATION_ENDS.split_whitespace().collect());

/// Every word of every list, those that say a cell is empty included.
static LISTED_SET: Words = LazyLock::new(|| {
    let lists = [TITLES, ADDRESSES, DEGREES, PARTICLES, FILLERS, COLOURS, DEPARTMENT, ORGANISATION_ENDS];
    let generations = GENERATIONS.iter().map(|(written, _)| *written);
    let words = lists.iter().flat_map(|list| list.split_whitespace());
    words.chain(generations).chain(NOTHING.iter().chain(JOINING).copied()).collect()
});

/// Whether any list knows a word, so that it may be something else than a name.
pub(super) fn is_listed(folded: &str) -> bool {
    LISTED_SET.contains(folded)
}

/// Whether words written as one are a filler.
pub(super) fn is_filler_as_one(folded: &str) -> bool {
    folded == "na" || FILLER_SET.contains(folded)
}

/// Whether a word is a form of address and never a name.
pub(super) fn is_address(folded: &str) -> bool {
    ADDRESSES.split(' ').any(|word| word == folded)
}

pub(super) fn is_title(folded: &str) -> bool {
    TITLE_SET.contains(folded)
}

/// `raw` tells `MD` (a degree) from `Md` (Mohammed, as written in Bangladesh).
pub(super) fn is_degree(folded: &str, raw: &str) -> bool {
    DEGREE_SET.contains(folded) && !raw.starts_with("Md")
}

pub(super) fn is_particle(folded: &str) -> bool {
    PARTICLE_SET.contains(folded)
}

/// The generation a word stands for.
pub(super) fn generation(raw: &str) -> Option<&'static str> {
    let word = raw.trim_matches(|c: char| !c.is_alphanumeric());
    if word.len() > 6 {
        return None;
    }
    GENERATIONS.iter().find(|(written, _)| word.eq_ignore_ascii_case(written)).map(|(_, kept)| *kept)
}

/// Whether the whole text is a filler. `n/a`, `NA` are; `Na` is a name.
pub(super) fn is_filler(text: &str, folded_words: &[Box<str>]) -> bool {
    if folded_words.concat() == "na" {
        return text != "Na";
    }
    match folded_words {
        [] => true,
        [colour, _, from, _, ..] if &**from == "from" => COLOUR_SET.contains(&**colour),
        words if words.len() <= 4 => FILLER_SET.contains(words.concat().as_str()),
        _ => false,
    }
}

/// Whether a cell says that it is empty. `Na` is a name.
pub(super) fn is_nothing(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() <= 9 && (matches!(cell, "NA" | "na") || NOTHING.iter().any(|word| cell.eq_ignore_ascii_case(word)))
}

/// Whether the words name a department or a company rather than a person.
pub(super) fn is_organisation(folded_words: &[Box<str>]) -> bool {
    match folded_words {
        [] => false,
        [.., last] if folded_words.len() >= 2 && ORGANISATION_SET.contains(&**last) => true,
        [.., last] if folded_words.len() >= 2 && matches!(&**last, "team" | "dept" | "department") => true,
        words => words.iter().all(|word| DEPARTMENT_SET.contains(&**word)),
    }
}
