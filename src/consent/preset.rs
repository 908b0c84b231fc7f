//! Which declarations come ready-made?

use super::{Declaration, Preference, Preferences, Usage};

/// A ready-made declaration. Each denies (or makes conditional) and is silent on the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Preset {
    /// `no-ai`: no generative training, training, inference, data mining, replication.
    #[default]
    NoAi,
    /// `no-generative-ai`: no generative training, inference, replication.
    NoGenerativeAi,
    /// `ask-first`: the uses of `no-ai` under the terms of a policy URL, which it needs.
    AskFirst,
    /// `no-machine-use`: everything, search and the hosting platform's own services
    /// too. A platform that honours it may be unable to list the recording.
    NoMachineUse,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Preset; 4] = [
        Preset::NoAi,
        Preset::NoGenerativeAi,
        Preset::AskFirst,
        Preset::NoMachineUse,
    ];

    /// The preset's name on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Preset::NoAi => "no-ai",
            Preset::NoGenerativeAi => "no-generative-ai",
            Preset::AskFirst => "ask-first",
            Preset::NoMachineUse => "no-machine-use",
        }
    }
}

impl From<Preset> for Declaration {
    fn from(preset: Preset) -> Declaration {
        use Usage::{DataMining, GenerativeTraining, Inference, Replication, Training};
        let no_ai = [
            GenerativeTraining,
            Training,
            Inference,
            DataMining,
            Replication,
        ];
        let (usages, preference): (&[Usage], _) = match preset {
            Preset::NoAi => (&no_ai, Preference::Disallowed),
            Preset::NoGenerativeAi => (
                &[GenerativeTraining, Inference, Replication],
                Preference::Disallowed,
            ),
            Preset::AskFirst => (&no_ai, Preference::Conditional),
            Preset::NoMachineUse => (&Usage::ALL, Preference::Disallowed),
        };
        let preferences = Preferences::default().with(usages, preference);
        Declaration::of(preferences)
    }
}
