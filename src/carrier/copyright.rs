//! What becomes of a copyright field, in whatever tag: its old text, and our notice behind it.

/// How the copyright field shall be: its old text and a notice behind it.
#[derive(Clone, Copy)]
pub(crate) struct Copyright<'a> {
    /// What an earlier edit did, and the notice that it wrote.
    pub(crate) prior: Option<(Notice, &'a str)>,
    pub(crate) notice: Option<&'a str>,
    /// Stands before the notice in an empty ID3 copyright frame.
    pub(crate) year: Option<u16>,
}

/// What was done to the copyright field, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    /// So many characters were appended.
    Appended(usize),
    /// There was no such field: one of so many characters was made.
    Created(usize),
}

/// What is to be done with a copyright field.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CopyrightEdit {
    /// The field is ours and goes.
    pub(super) remove: bool,
    /// A new field of this text comes.
    pub(super) create: Option<String>,
    /// So many characters go from the end of the field that stays,
    pub(super) drop: usize,
    /// and these come.
    pub(super) add: String,
    /// What this did, for the undo note.
    pub(super) notice: Option<Notice>,
}

impl Copyright<'_> {
    /// Nothing was done to the field and nothing shall be.
    pub(super) fn is_untouched(&self) -> bool {
        self.prior.is_none() && self.notice.is_none()
    }

    /// What to do with the field, given the (last) text of one that is there.
    pub(super) fn edit(&self, current: Option<&str>, takes_year: bool) -> CopyrightEdit {
        let ours = |text: &str| {
            matches!(self.prior, Some((Notice::Created(length), notice))
                if text.chars().count() == length && text.ends_with(notice))
        };
        match current {
            Some(text) if !ours(text) => self.append(text, takes_year),
            _ => {
                let create = self.notice.map(|notice| self.alone(notice, takes_year));
                let notice = create
                    .as_ref()
                    .map(|text| Notice::Created(text.chars().count()));
                CopyrightEdit {
                    remove: current.is_some(),
                    create,
                    notice,
                    ..CopyrightEdit::default()
                }
            }
        }
    }

    fn append(&self, text: &str, takes_year: bool) -> CopyrightEdit {
        let characters = text.chars().count();
        let drop = match self.prior {
            Some((Notice::Appended(length), old))
                if length <= characters && text.ends_with(old) =>
            {
                length
            }
            _ => 0,
        };
        let add = match self.notice {
            // Someone moved our notice inside the text: once is enough.
            Some(notice) if drop == 0 && text.contains(notice) => String::new(),
            Some(notice) if drop == characters => self.alone(notice, takes_year),
            Some(notice) => format!(" {notice}"),
            None => String::new(),
        };
        let notice = (!add.is_empty()).then(|| Notice::Appended(add.chars().count()));
        CopyrightEdit {
            drop,
            add,
            notice,
            ..CopyrightEdit::default()
        }
    }

    /// The notice where no other text stands before it.
    fn alone(&self, notice: &str, takes_year: bool) -> String {
        match self.year.filter(|_| takes_year) {
            Some(year) => format!("{year:04} {notice}"),
            None => notice.to_owned(),
        }
    }
}
