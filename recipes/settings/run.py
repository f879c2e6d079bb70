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

    def check(self) -> None:
        if self.resume and self.overwrite:
            raise UserError("resume, overwrite: expected at most one of them; got both.")
