//! The people of a list, and the companies they work for. Each is made from its number alone, so that none is kept.

use std::fmt::Write;

use crate::chance::Chance;

/// Where somebody lives: what names, places and numbers look like.
pub(crate) struct Country {
    pub(crate) spellings: &'static [&'static str],
    pub(crate) cities: &'static [&'static str],
    given: &'static [&'static str],
    family: &'static [&'static str],
    syllables: &'static [&'static str],
    pub(crate) legal: &'static [&'static str],
    domain: &'static str,
    pub(crate) prefix: &'static str,
    pub(crate) digits: u64,
}

pub(crate) struct Person {
    pub(crate) country: &'static Country,
    pub(crate) given: String,
    pub(crate) family: String,
    pub(crate) city: &'static str,
    pub(crate) company: Option<Company>,
    pub(crate) private_mail: String,
    pub(crate) work_mail: Option<String>,
    /// National number without the leading zero.
    pub(crate) phone: u64,
    pub(crate) user: bool,
    pub(crate) external_id: String,
    /// Unix days since 2019 on which the person first wrote.
    pub(crate) since: u64,
}

pub(crate) struct Company {
    pub(crate) name: String,
    pub(crate) legal: &'static str,
    pub(crate) domain: String,
}

pub(crate) struct World {
    seed: u64,
    companies: u64,
    surnames: u64,
}

impl World {
    /// A world for a list of this length: there are more companies and surnames in a longer list.
    pub(crate) fn new(seed: u64, rows: u32) -> Self {
        let rows = u64::from(rows);
        Self { seed, companies: rows / 7 + 20, surnames: rows / 3 + 2_000 }
    }

    pub(crate) fn person(&self, number: u32) -> Person {
        let mut chance = Chance::new(self.seed ^ 0x7065_6f70, u64::from(number));
        let country = &COUNTRIES[usize::try_from(chance.rank(COUNTRIES.len() as u64)).unwrap_or_default()];
        let given = self.given(country, &mut chance);
        let family = self.surname(country, &mut chance);
        let company = chance.percent(62).then(|| self.company(chance.rank(self.companies)));
        let (first, last) = (slug(&given), slug(&family));
        let number = chance.below(10_000);
        let local = match chance.below(8) {
            0..3 => format!("{first}.{last}"),
            3 => format!("{first}{last}{}", number % 100),
            4 => format!("{}{last}{}", initial(&first), number % 1_000),
            5 => format!("{first}{number}"),
            6 => format!("{}{}{number}", chance.pick(HOBBIES), chance.pick(HOBBIES)),
            _ => format!("{first}.{last}{}", number % 100),
        };
        let mailer = chance.pick(MAILERS);
        let work_mail = company.as_ref().filter(|_| chance.percent(75)).map(|company| {
            let local = match chance.below(10) {
                0..5 => format!("{first}.{last}"),
                5..8 => format!("{}{last}", initial(&first)),
                8 => first.clone(),
                _ if chance.percent(40) => chance.pick(&["info", "sales", "office", "hr"]).to_owned(),
                _ => format!("{first}{}", initial(&last)),
            };
            format!("{local}@{}", company.domain)
        });
        let floor = 10u64.pow(u32::try_from(country.digits).unwrap_or(9) - 1);
        Person {
            country,
            city: chance.pick(country.cities),
            company,
            private_mail: format!("{local}@{mailer}"),
            work_mail,
            phone: floor * 2 + chance.below(floor * 7),
            user: chance.percent(20),
            external_id: match chance.below(2) {
                0 => format!("usr_{:010x}", chance.next() >> 24),
                _ => (1_000_000 + chance.below(90_000_000)).to_string(),
            },
            since: chance.below(2_700),
            given,
            family,
        }
    }

    /// A third are known names; the others are rare ones, of which no list has all.
    fn given(&self, country: &Country, chance: &mut Chance) -> String {
        if chance.percent(35) {
            return chance.pick(country.given).to_owned();
        }
        let mut made = Chance::new(self.seed ^ 0x6769_7665, chance.below(4_000).min(chance.below(4_000)));
        capital(&[syllable(&mut made), syllable(&mut made)].concat())
    }

    /// One in eight is a common surname; the long tail is put together.
    fn surname(&self, country: &Country, chance: &mut Chance) -> String {
        if chance.percent(12) {
            return chance.pick(country.family).to_owned();
        }
        let rank = chance.below(self.surnames).min(chance.below(self.surnames));
        let mut made = Chance::new(self.seed ^ 0x6e61_6d65, rank);
        let head = [syllable(&mut made), syllable(&mut made)].concat();
        capital(&format!("{head}{}", made.pick(country.syllables)))
    }

    fn company(&self, number: u64) -> Company {
        let mut chance = Chance::new(self.seed ^ 0x636f_6d70, number);
        let country = &COUNTRIES[usize::try_from(chance.rank(COUNTRIES.len() as u64)).unwrap_or_default()];
        let head = [syllable(&mut chance), syllable(&mut chance)].concat();
        let name = format!("{} {}", capital(&head), chance.pick(TRADES));
        let mut domain = slug(&name);
        if chance.percent(30) {
            domain = slug(&head);
        }
        let ending = if chance.percent(60) { "com" } else { country.domain };
        let _ = write!(domain, ".{ending}");
        Company { name, legal: chance.pick(country.legal), domain }
    }
}

/// One of some four thousand.
fn syllable(chance: &mut Chance) -> String {
    const HEADS: &[&str] = &[
        "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr",
        "r", "s", "sch", "sh", "st", "t", "th", "tr", "v", "w", "z", "",
    ];
    const HEARTS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ee", "ou", "y"];
    const TAILS: &[&str] = &["", "", "l", "n", "r", "s", "m", "nd", "rt", "ck", "x", "t", "ng", "lm"];
    [chance.pick(HEADS), chance.pick(HEARTS), chance.pick(TAILS)].concat()
}

fn initial(word: &str) -> &str {
    word.get(..1).unwrap_or(word)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Letters of a mail address.
fn slug(text: &str) -> String {
    let plain = |letter: char| match letter {
        'ä' | 'á' | 'à' | 'å' => 'a',
        'é' | 'è' | 'ë' => 'e',
        'í' => 'i',
        'ö' | 'ó' | 'ø' => 'o',
        'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        'ł' => 'l',
        other => other,
    };
    text.to_lowercase().chars().map(plain).filter(char::is_ascii_alphanumeric).collect()
}

const MAILERS: &[&str] = &[
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "yahoo.com",
    "icloud.com",
    "aol.com",
    "gmx.de",
    "web.de",
    "live.com",
    "proton.me",
    "btinternet.com",
    "wp.pl",
];
const HOBBIES: &[&str] = &[
    "music", "retro", "lucky", "moon", "sunny", "chef", "rider", "king", "star", "cat", "hill", "river", "coffee",
    "runner", "piano", "garden", "pixel", "storm", "maple", "sailor",
];
const TRADES: &[&str] = &[
    "Engineering",
    "Logistics",
    "Labs",
    "Partners",
    "Energy",
    "Foods",
    "Security",
    "Marketing",
    "Networks",
    "Health",
    "Electronics",
    "Legal",
    "Studios",
    "Water",
    "Packaging",
    "Design",
    "Travel",
    "Insurance",
    "Systems",
    "Education",
];

const COUNTRIES: [Country; 6] = [
    Country {
        spellings: &["United States", "United States", "USA", "US", "U.S."],
        cities: &[
            "Portland",
            "Dallas",
            "Austin",
            "Chicago",
            "Denver",
            "Boston",
            "Seattle",
            "New York City",
            "NYC",
            "Columbus",
        ],
        given: &[
            "James",
            "Mary",
            "Robert",
            "Patricia",
            "John",
            "Jennifer",
            "Michael",
            "Linda",
            "David",
            "Elizabeth",
            "William",
            "Barbara",
            "Richard",
            "Susan",
            "Joseph",
            "Jessica",
            "Thomas",
            "Sarah",
            "Charles",
            "Karen",
            "Daniel",
            "Nancy",
            "Matthew",
            "Lisa",
            "Anthony",
            "Betty",
            "Mark",
            "Margaret",
            "Donald",
            "Sandra",
            "Ashley",
            "Steven",
            "Kimberly",
            "Paul",
            "Emily",
            "Andrew",
            "Donna",
            "Joshua",
            "Michelle",
            "Kenneth",
            "Carol",
        ],
        family: &[
            "Smith",
            "Johnson",
            "Williams",
            "Brown",
            "Jones",
            "Garcia",
            "Miller",
            "Davis",
            "Rodriguez",
            "Martinez",
            "Hernandez",
            "Lopez",
            "Wilson",
            "Anderson",
            "Thomas",
            "Taylor",
            "Moore",
            "Jackson",
            "Martin",
            "Lee",
        ],
        syllables: &[
            "ber", "wood", "hal", "ston", "ken", "mor", "ridge", "ton", "gar", "land", "well", "ash", "ford", "bur",
            "ley", "harr", "ing", "cole", "man", "win", "ters", "dal", "brook", "shaw", "hen", "der", "son", "mc",
            "fadd", "len",
        ],
        legal: &["Inc.", "LLC", "Corp.", "Inc", ""],
        domain: "com",
        prefix: "+1",
        digits: 10,
    },
    Country {
        spellings: &["United Kingdom", "United Kingdom", "UK", "GB", "England"],
        cities: &["London", "Leeds", "Bristol", "Manchester", "Glasgow", "Belfast", "Cardiff", "Birmingham"],
        given: &[
            "Oliver", "Olivia", "George", "Amelia", "Harry", "Isla", "Jack", "Ava", "Jacob", "Emily", "Noah", "Ella",
            "Charlie", "Grace", "Thomas", "Lily", "Oscar", "Sophie", "William", "Mia", "James", "Poppy", "Henry",
            "Evie", "Beverley", "Nigel", "Gillian", "Graham", "Fiona", "Alistair", "Morag", "Rhys", "Siân",
        ],
        family: &[
            "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Robinson",
            "Wright", "Thompson", "Evans", "Walker", "White", "Roberts", "Green", "Hall", "Wood", "Clarke",
        ],
        syllables: &[
            "hes", "el", "tine", "thorn", "ton", "wick", "ham", "pem", "broke", "ald", "ridge", "win", "ter", "bourne",
            "cart", "wright", "lang", "ley", "whit", "more", "fair", "child", "holl", "is", "gre", "gory", "bick",
            "er",
        ],
        legal: &["Ltd", "Limited", "PLC", "LLP", "Ltd."],
        domain: "co.uk",
        prefix: "+44",
        digits: 10,
    },
    Country {
        spellings: &["Germany", "Deutschland", "DE", "Germany"],
        cities: &["Berlin", "Hamburg", "München", "Munich", "Köln", "Frankfurt am Main", "Frankfurt", "Leipzig"],
        given: &[
            "Lukas", "Anna", "Finn", "Mia", "Jonas", "Emma", "Leon", "Hannah", "Paul", "Sofia", "Jürgen", "Ursula",
            "Gernot", "Renate", "Swen", "Petra", "Uwe", "Monika", "Klaus", "Sabine", "Björn", "Käthe", "Matthias",
            "Heike",
        ],
        family: &[
            "Müller",
            "Schmidt",
            "Schneider",
            "Fischer",
            "Weber",
            "Meyer",
            "Wagner",
            "Becker",
            "Schulz",
            "Hoffmann",
            "Koch",
            "Bauer",
            "Richter",
            "Klein",
            "Wolf",
            "Schröder",
            "Neumann",
            "Schwarz",
            "Zimmermann",
            "Krüger",
        ],
        syllables: &[
            "voll", "brecht", "ros", "en", "ow", "stein", "berg", "holz", "mann", "grün", "feld", "kle", "mm", "pfei",
            "fer", "schu", "bert", "lin", "den", "au", "er", "bach", "wein", "gart", "ner", "trau", "gott", "kö",
            "hler",
        ],
        legal: &["GmbH", "AG", "GmbH & Co. KG", "UG", "KG"],
        domain: "de",
        prefix: "+49",
        digits: 10,
    },
    Country {
        spellings: &["France", "FR", "France", "FRA"],
        cities: &["Paris", "Lyon", "Lille", "Marseille", "Bordeaux", "Nantes", "Toulouse"],
        given: &[
            "Louis", "Emma", "Gabriel", "Jade", "Léo", "Louise", "Raphaël", "Alice", "Arthur", "Chloé", "Victoire",
            "Hugo", "Zoé", "Jules", "Camille", "Étienne", "Margaux", "Benoît", "Solène", "Cédric", "Aurélie",
        ],
        family: &[
            "Martin", "Bernard", "Dubois", "Thomas", "Robert", "Richard", "Petit", "Durand", "Leroy", "Moreau",
            "Simon", "Laurent", "Lefebvre", "Michel", "Garcia", "David", "Bertrand", "Roux", "Vincent", "Fournier",
        ],
        syllables: &[
            "char", "rier", "sam", "son", "beau", "mont", "de", "la", "cour", "mar", "chand", "per", "rin", "val",
            "lée", "gué", "bois", "clair", "ville", "neuve", "ro", "che", "fort", "tes", "sier", "boul", "ard",
        ],
        legal: &["SAS", "SARL", "SA", "S.A.S.", ""],
        domain: "fr",
        prefix: "+33",
        digits: 9,
    },
    Country {
        spellings: &["Netherlands", "The Netherlands", "NL", "Nederland"],
        cities: &["Amsterdam", "Rotterdam", "Den Haag", "The Hague", "Utrecht", "Eindhoven"],
        given: &[
            "Daan", "Emma", "Sem", "Tess", "Jelle", "Sanne", "Bram", "Lotte", "Thijs", "Femke", "Ruben", "Anouk",
            "Elise", "Jasper", "Maud", "Pieter", "Marieke", "Joost", "Wouter", "Ilse",
        ],
        family: &[
            "de Jong",
            "Jansen",
            "de Vries",
            "van den Berg",
            "van Dijk",
            "Bakker",
            "Janssen",
            "Visser",
            "Smit",
            "Meijer",
            "de Boer",
            "Mulder",
            "de Groot",
            "Bos",
            "Vos",
            "Peters",
            "Hendriks",
            "van Leeuwen",
            "Dekker",
            "Brouwer",
        ],
        syllables: &[
            "huij", "ben", "bun", "scho", "ten", "am", "stel", "ma", "kool", "haas", "wij", "ker", "dijk", "stra",
            "hoek", "land", "veen", "hof", "ra", "ven", "burg", "zijl", "molen", "aar",
        ],
        legal: &["B.V.", "BV", "N.V.", "VOF"],
        domain: "nl",
        prefix: "+31",
        digits: 9,
    },
    Country {
        spellings: &["Poland", "Polska", "PL", "POL"],
        cities: &["Warszawa", "Warsaw", "Gdańsk", "Gdansk", "Kraków", "Cracow", "Poznań", "Wrocław"],
        given: &[
            "Jan",
            "Anna",
            "Jakub",
            "Maria",
            "Antoni",
            "Zofia",
            "Radosław",
            "Natasza",
            "Piotr",
            "Katarzyna",
            "Paweł",
            "Małgorzata",
            "Tomasz",
            "Agnieszka",
            "Łukasz",
            "Ewa",
            "Marcin",
            "Joanna",
            "Grzegorz",
            "Beata",
        ],
        family: &[
            "Nowak",
            "Kowalski",
            "Wiśniewski",
            "Wójcik",
            "Kowalczyk",
            "Kamiński",
            "Lewandowski",
            "Zieliński",
            "Woźniak",
            "Szymański",
            "Dąbrowski",
            "Kozłowski",
            "Mazur",
            "Kwiatkowski",
            "Krawczyk",
            "Piotrowski",
            "Grabowski",
            "Pawlak",
        ],
        syllables: &[
            "kar", "cz", "marz", "ur", "ban", "ska", "rze", "pka", "mal", "czyk", "dzie", "wul", "ski", "jaw", "or",
            "wicz", "bie", "lak", "gra", "now", "zie", "lony", "ko", "byl",
        ],
        legal: &["Sp. z o.o.", "sp zoo", "S.A.", "SP.Z O.O."],
        domain: "pl",
        prefix: "+48",
        digits: 9,
    },
];
