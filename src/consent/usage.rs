//! What may be done with a recording by a machine?

use std::fmt;
use std::str::FromStr;

/// A kind of machine use that a declaration can speak of.
///
/// Its [name](Usage::name) is the one used in `AI_CONSENT`, on the command line
/// and in JSON.
///
/// ```
/// use noai_audio::Usage;
/// assert_eq!("data-mining".parse(), Ok(Usage::DataMining));
/// assert_eq!(Usage::ALL.len(), 7);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Usage {
    /// Training or fine-tuning of a model that generates content.
    GenerativeTraining,
    /// Training of a model that does not generate content.
    Training,
    /// Input to a trained model: retrieval, grounding, prompting.
    Inference,
    /// Any other automated analysis in search of patterns.
    DataMining,
    /// Indexing, linking and short excerpts; never a generated summary.
    Search,
    /// Imitation of the voice, the music or the likeness.
    Replication,
    /// Recommendation, playlists, tagging, fraud and content identification
    /// inside the service that hosts the file.
    PlatformService,
}

impl Usage {
    /// Every usage, in the order in which a statement lists them.
    pub const ALL: [Usage; 7] = [
        Usage::GenerativeTraining,
        Usage::Training,
        Usage::Inference,
        Usage::DataMining,
        Usage::Search,
        Usage::Replication,
        Usage::PlatformService,
    ];

    /// The usage's frozen name, lower-case ASCII.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Usage::GenerativeTraining => "generative-training",
            Usage::Training => "training",
            Usage::Inference => "inference",
            Usage::DataMining => "data-mining",
            Usage::Search => "search",
            Usage::Replication => "replication",
            Usage::PlatformService => "platform-service",
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no [`Usage`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "unknown use {0:?}; known are generative-training, training, inference, data-mining, search, replication, platform-service"
)]
pub struct UnknownUsage(String);

impl FromStr for Usage {
    type Err = UnknownUsage;

    fn from_str(text: &str) -> Result<Self, UnknownUsage> {
        Usage::ALL
            .into_iter()
            .find(|usage| usage.name() == text)
            .ok_or_else(|| UnknownUsage(text.to_owned()))
    }
}
