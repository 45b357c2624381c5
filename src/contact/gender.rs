//! Columns that hold a person's gender, and what their values mean.
//!
//! Compared without anybody declaring it: it says little for a match and much against one, because relatives at one home
//! have everything else in common. Written as it stands, never as it is read here.

/// Names of such columns, lower case, letters only.
const COLUMNS: &str = "sex gender geschlecht sexe sexo genero sesso genere geslacht kjonn kon koen plec sukupuoli cinsiyet \
    nem pohlavi";

/// Values that mean a woman, lower case ASCII; the first letter alone is not enough to tell ("m": "mujer", "male").
const FEMALE: &str = "f female w woman weiblich frau femme feminin feminine femenino femenina mujer femminile donna \
    vrouw vrouwelijk feminino mulher kvinna kvinne kvinde kobieta k zena kadin nainen girl";

/// Values that mean a man.
const MALE: &str = "m male man mannlich maennlich mann herr homme masculin masculine masculino hombre maschile uomo \
    mannelijk homem mezczyzna muz erkek mies boy";

/// Whether a column of this name, lower case and letters only, holds a gender.
pub(crate) fn is_gender_column(key: &str) -> bool {
    COLUMNS.split_whitespace().any(|name| name == key)
}

/// The gender a folded value means, as one letter; `None` for what says nothing or cannot be compared.
pub(crate) fn gender(value: &str) -> Option<&'static str> {
    let is_one_of = |list: &str| list.split_whitespace().any(|word| word == value);
    if is_one_of(FEMALE) {
        Some("f")
    } else if is_one_of(MALE) {
        Some("m")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gender_is_one_however_it_is_written() {
        assert!(is_gender_column("geschlecht") && !is_gender_column("genre"));
        assert_eq!(gender("female"), gender("w"));
        assert_eq!(gender("homme"), gender("m"));
        assert_eq!(gender("unknown"), None);
    }

    #[test]
    fn no_value_means_both() {
        assert!(FEMALE.split_whitespace().all(|word| !MALE.split_whitespace().any(|other| other == word)));
    }
}
