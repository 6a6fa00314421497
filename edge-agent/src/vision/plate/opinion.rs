//! Two recognisers' opinions on one plate. They err differently: what both see is nearly always so.

use wire::plate::Hint;

use super::calibration::{Calibration, Table};
use super::recognise::CharacterReader;
use super::shape::{Interpreted, interpret};
use super::{PlateReaderConfig, Recogniser};
use crate::vision::session::{Runtime, SessionPool, SessionSettings};
use crate::vision::{ModelStore, Rgb, VisionError};

/// Our own network in the manifest.
const OURS: &str = "vg-plate-reader";
/// What two recognisers disagree about never scores more than this.
const DISPUTED: f32 = 0.7;

/// The recogniser that the configuration names and, when wanted, ours beside it.
#[derive(Debug)]
pub(super) struct Recognisers {
    first: CharacterReader,
    second: Option<CharacterReader>,
    agreed: Table,
}

impl Recognisers {
    /// Loads the networks.
    ///
    /// # Errors
    /// Those of [`Runtime::pool`]; [`VisionError::Inference`] when a model or a table of scores is broken.
    pub(super) fn load(
        runtime: &Runtime,
        store: &ModelStore,
        settings: &SessionSettings,
        config: &PlateReaderConfig,
    ) -> Result<Self, VisionError> {
        let scores = Calibration::of_the_program()
            .map_err(|reason| VisionError::Inference { model: OURS.to_owned(), reason })?;
        let pool = |id| runtime.pool(store, id, settings);
        let first = match config.recogniser {
            Recogniser::Plates => CharacterReader::for_plates(pool(OURS)?, &scores),
            Recogniser::Small => CharacterReader::registry(pool("ppocr-v6-rec-small")?, Some(&scores))?,
            Recogniser::Tiny => CharacterReader::registry(pool("ppocr-v6-rec-tiny")?, None)?,
        };
        // The table of agreement was made for this pair.
        let wanted = config.second_opinion && config.recogniser == Recogniser::Small;
        let second = wanted.then(|| pool(OURS)).transpose()?.map(|p| CharacterReader::for_plates(p, &scores));
        Ok(Self { first, second, agreed: scores.agreed })
    }

    /// The models behind it.
    pub(super) fn pools(&self) -> impl Iterator<Item = &SessionPool> {
        [Some(&self.first), self.second.as_ref()].into_iter().flatten().map(CharacterReader::pool)
    }

    /// Reads one plate; `cuts` gives its lines as a network wants them, top to bottom.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`], and those of `cuts`.
    pub(super) fn read(
        &self,
        cuts: impl Fn(&CharacterReader) -> Result<Vec<Rgb>, VisionError>,
        hint: &Hint,
    ) -> Result<Option<Interpreted>, VisionError> {
        let opinion = |network: &CharacterReader| -> Result<Option<Interpreted>, VisionError> {
            Ok(interpret(&network.read(&cuts(network)?)?, hint, network.scores()))
        };
        let first = opinion(&self.first)?;
        match &self.second {
            None => Ok(first),
            Some(second) => Ok(settle(first, opinion(second)?, &self.agreed)),
        }
    }
}

/// One opinion of two; `agreed` scores what both see.
pub(super) fn settle(
    first: Option<Interpreted>,
    second: Option<Interpreted>,
    agreed: &Table,
) -> Option<Interpreted> {
    let (mut first, second) = match (first, second) {
        (Some(first), Some(second)) => (first, second),
        (one, other) => return disputed(one.or(other)),
    };
    if first.reading.text == second.reading.text {
        first.score = agreed.score(first.odds + second.odds);
        return Some(first);
    }
    let worth = |i: &Interpreted| i.score + if i.reading.valid { 1.0 } else { 0.0 };
    disputed(Some(if worth(&second) > worth(&first) { second } else { first }))
}

fn disputed(opinion: Option<Interpreted>) -> Option<Interpreted> {
    opinion.map(|i| Interpreted { score: i.score.min(DISPUTED), ..i })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::plate::Hint;

    fn sees(lines: [&str; 2], score: f32, odds: f32) -> Option<Interpreted> {
        let reading = wire::plate::read(&lines, &Hint { lines: Some(2), ..Hint::default() });
        Some(Interpreted { reading, characters: Vec::new(), score, odds })
    }

    fn table() -> Table {
        serde_json::from_str("[[0, 0.5], [6, 0.99]]").expect("a table")
    }

    #[test]
    fn two_that_agree_are_surer_than_either() {
        let settled =
            settle(sees(["59-L1", "123.45"], 0.8, 3.0), sees(["59-L1", "123.45"], 0.7, 3.0), &table());
        assert!((settled.expect("a text").score - 0.99).abs() < 1e-5);
    }

    #[test]
    fn of_two_that_differ_the_surer_valid_one_is_taken_and_is_never_sure() {
        let settled = |a, b| settle(a, b, &table()).expect("a text");
        let read = settled(sees(["59-L1", "123.45"], 0.8, 3.0), sees(["59-L7", "123.45"], 0.95, 5.0));
        assert_eq!((read.reading.text.as_str(), read.score), ("59L712345", DISPUTED));
        let read = settled(sees(["59-L1", "123.45"], 0.4, 0.0), sees(["5L", "12"], 0.95, 5.0));
        assert_eq!(read.reading.text, "59L112345");
    }

    #[test]
    fn what_only_one_sees_is_not_sure() {
        assert_eq!(
            settle(None, sees(["59-L1", "123.45"], 0.99, 6.0), &table()).map(|i| i.score),
            Some(DISPUTED)
        );
        assert_eq!(settle(None, None, &table()), None);
    }
}
