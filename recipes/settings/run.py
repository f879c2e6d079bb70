"""Where a run writes, and what becomes of one that is there already."""

from recipes import UserError
from recipes.settings.field import group, setting


@group
class Run:
    """The directory of a run and how it is opened."""

    out_dir: str = setting(help="Where everything that the run makes goes.", path=True, kept=False)
    resume: bool = setting(False, "Go on with the run in --out_dir from its last finished epoch.", kept=False)
    overwrite: bool = setting(
        False, "Start anew in --out_dir; removes what a run wrote there and nothing else.", kept=False
    )

    ship_to: str | None = setting(
        None,
        "In place of the report on --out_dir, make a folder for others in this one: the model as small as it gets, its "
        "card, measured with all there is, and its pictures. With --resume, of a run that was finished before.",
        path=True,
        kept=False,
    )

    def check(self) -> None:
        if self.resume and self.overwrite:
            raise UserError("resume, overwrite: expected at most one of them; got both.")
