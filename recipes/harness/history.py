"""What the finished epochs of a training were like."""

import csv

from recipes import UserError
from recipes.harness.run_directory import RunDirectory

FILE = "history.csv"


class History:
    """A row of metrics per finished epoch, over all sessions of a run.

    Args:
        rows: {metric: value} of each epoch, from the first on.
    """

    def __init__(self, rows: list[dict[str, float]]):
        self.rows = rows

    @classmethod
    def read(cls, run: RunDirectory, epochs: int) -> "History":
        """That of the first epochs of a run that is gone on with; what came later is forgotten."""
        if not epochs:
            return cls([])
        if not (run.path / FILE).is_file():
            raise UserError(f"resume: {run.path / FILE} is gone; give --overwrite to begin again.")
        with open(run.path / FILE, newline="", encoding="utf-8") as file:
            rows = [{name: float(value) for name, value in row.items() if value} for row in csv.DictReader(file)]
        return cls(rows[:epochs])

    def write(self, run: RunDirectory) -> None:
        """Writes history.csv, with the columns of the last epoch.

        Keras's CSVLogger gives every metric a second column, for a validation that there is none of.
        """
        with run.new_file(FILE) as path, open(path, "w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, self.rows[-1], extrasaction="ignore")
            table.writeheader()
            table.writerows({**row, "epoch": int(row["epoch"])} for row in self.rows)

    def column(self, name: str) -> list[float] | None:
        """The values of a metric, one per epoch; None where an epoch has none, e.g. in a run of an older version."""
        return [row[name] for row in self.rows] if all(name in row for row in self.rows) else None
