"""The head of a card, by which hubs of models sort it and show its metrics.

YAML between two lines of dashes, its values as JSON, which is YAML, too. The names are those of Hugging Face's model
cards (huggingface.co/docs/hub/model-cards).
"""

import json
import math
import re

from recipes.report.trained import Section, Trained

LIBRARY = "keras"


def of(trained: Trained, name: str, sections: list[Section]) -> str:
    """The head, with its dashes and a line feed at its end; each metric of each file is in it under its own name.

    Args:
        trained: the model.
        name: what the card calls it.
        sections: what was measured.
    """
    domain, data = trained.data.domain, trained.data.name
    about, kind = domain.about(), type(trained.model).__name__.lower()
    results = [
        {
            "task": {"type": domain.hub_task, "name": f"drawing {about['domain']}"},
            "dataset": {"name": data, "type": data, "split": "test"},
            "metrics": [
                {"type": re.match("[a-z_]+", metric)[0].rstrip("_"), "name": f"{metric} of {file}", "value": value}
                for file, metrics in section.metrics.items()
                for metric, value in metrics.items()
                if isinstance(value, int | float) and math.isfinite(value) and file != "floor"
            ],
        }
        for section in sections
        if section.metrics
    ]
    head = {
        "library_name": LIBRARY,
        "pipeline_tag": domain.hub_task,
        "tags": ["generative-model-zoo", kind, about["domain"], "tensorflow", "tf-lite"],
        **({} if about["is_folder"] else {"datasets": [data]}),
        "model-index": [{"name": name, "results": results}],
    }
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items())
    return "\n".join(["---", *lines, "---", ""])
