"""Dependency runs one way: recipes -> {zoo, export}; zoo and export know neither each other nor recipes."""

import ast

import pytest
from conftest import ROOT

FORBIDDEN = {"zoo": {"recipes", "export"}, "export": {"recipes", "zoo"}, "recipes": {"tests", "benchmarks"}}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.split(".")[0]


@pytest.mark.parametrize("package", FORBIDDEN)
def test_direction(package):
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        assert not FORBIDDEN[package] & set(imported(path)), path
